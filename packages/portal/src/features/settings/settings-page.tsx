import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ApiRequest } from '../../ui/api-request.js';
import { PageHeader } from '../../ui/page-header.js';
import { QueryStates } from '../../ui/query-states.js';
import { Section } from '../../ui/section.js';
import { useRight } from '../session/session.js';
import { keysQuery, tenantQuery } from './settings-data.js';
import { SigningKeys } from './signing-keys.js';
import { TenantForm } from './tenant-form.js';

export function SettingsPage() {
  const { t } = useTranslation();
  const mayReadKeys = useRight('Read Only System Administrator');
  const tenant = useQuery(tenantQuery);
  // Read beside the form, but shown once it has its height: they stand below it.
  useQuery({ ...keysQuery, enabled: mayReadKeys });
  return (
    <>
      <PageHeader
        title={t('menu.settings')}
        lead={t('settings.lead')}
        actions={<ApiRequest method="GET" target="/tenant" />}
      />
      <Stack gap="xl">
        <Section title={t('settings.tenant')}>
          <QueryStates query={tenant} what={t('settings.tenant')}>
            {(read) => <TenantForm read={read} />}
          </QueryStates>
        </Section>
        {mayReadKeys && !tenant.isPending && <SigningKeys />}
      </Stack>
    </>
  );
}
