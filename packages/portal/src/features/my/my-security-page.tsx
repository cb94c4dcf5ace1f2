import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../ui/page-header.js';
import { MyAddress } from './my-address.js';
import { MyFactors } from './my-factors.js';
import { MyPassword } from './my-password.js';

export function MySecurityPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('menu.mySecurity')} lead={t('my.securityLead')} />
      <Stack gap="xl">
        <MyPassword />
        <MyAddress />
        <MyFactors />
      </Stack>
    </>
  );
}
