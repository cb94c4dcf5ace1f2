import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ApiRequest } from '../../ui/api-request.js';
import { PageHeader } from '../../ui/page-header.js';
import { QueryStates } from '../../ui/query-states.js';
import { PoliciesEditor } from './policies-editor.js';
import { authenticationQuery } from './policy-data.js';

/** How people prove who they are: profiles, the rules that choose among them, and what that comes to. */
export function PoliciesPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader
        title={t('menu.policies')}
        lead={t('policies.lead')}
        actions={<ApiRequest method="GET" target="/authentication" />}
      />
      <QueryStates query={useQuery(authenticationQuery)} what={t('menu.policies')}>
        {(read) => <PoliciesEditor read={read} />}
      </QueryStates>
    </>
  );
}
