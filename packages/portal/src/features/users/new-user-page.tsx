import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.js';
import { notifyDone } from '../../ui/notify.js';
import { PageHeader } from '../../ui/page-header.js';
import { UserForm } from './user-form.js';

export function NewUserPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  return (
    <>
      <PageHeader
        trail={<TextLink to="/manage/users">{t('menu.users')}</TextLink>}
        title={t('users.create')}
        lead={t('users.createLead')}
      />
      <UserForm
        onCancel={() => void navigate({ to: '/manage/users', ignoreBlocker: true })}
        onCreated={({ id, loginName }) => {
          void queries.invalidateQueries({ queryKey: ['users'] });
          notifyDone(t('users.wasCreated', { name: loginName }));
          void navigate({
            to: '/manage/users/$userId/{-$part}',
            params: { userId: id },
            ignoreBlocker: true,
          });
        }}
      />
    </>
  );
}
