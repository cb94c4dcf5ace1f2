import { useTranslation } from 'react-i18next';
import { ButtonLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { EmptyState } from '../../ui/states.js';

/** In place of the Admin Portal, for those without the right. */
export function NoAdmin() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('noAdmin.title')} />
      <EmptyState
        title={t('noAdmin.heading')}
        text={t('noAdmin.text')}
        action={<ButtonLink to="/my">{t('userMenu.toUserPortal')}</ButtonLink>}
      />
    </>
  );
}
