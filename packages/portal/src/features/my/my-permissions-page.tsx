import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../ui/page-header.js';
import { MY_ACCOUNT } from '../account/account-data.js';
import { PermissionsList } from '../account/permissions-list.js';

export function MyPermissionsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('menu.myPermissions')} lead={t('my.permissionsLead')} />
      <PermissionsList account={MY_ACCOUNT} mayRevoke />
    </>
  );
}
