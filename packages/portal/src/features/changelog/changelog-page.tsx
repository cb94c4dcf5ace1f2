import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../ui/page-header.js';
import { ChangeLog } from './change-log.js';

export function ChangelogPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('menu.changelog')} lead={t('changelog.lead')} />
      <ChangeLog />
    </>
  );
}
