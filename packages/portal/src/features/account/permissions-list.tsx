import { Badge, Button, Code, Group, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { notifyDone } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { EmptyState } from '../../ui/states.js';
import { type Account, type Permission, permissionsQuery, revokePermission } from './account-data.js';

interface PermissionsListProps {
  account: Account;
  /** Whether the reader may take them back. */
  mayRevoke: boolean;
}

/** Which client may do what for the user and since when, with a button to take each permission back. */
export function PermissionsList({ account, mayRevoke }: PermissionsListProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [revoking, setRevoking] = useState<Permission | null>(null);
  return (
    <>
      <QueryStates query={useQuery(permissionsQuery(account))} what={t('account.permissions')}>
        {(permissions) =>
          permissions.length === 0 ? (
            <EmptyState title={t('account.noPermissions')} text={t('account.noPermissionsText')} />
          ) : (
            <RecordList label={t('account.permissions')}>
              {permissions.map((permission) => (
                <Record
                  key={`${permission.applicationId} ${permission.clientId}`}
                  actions={
                    mayRevoke && (
                      <Button
                        size="compact-sm"
                        aria-label={t('account.revokeWhat', {
                          client: permission.clientId,
                          app: permission.appName,
                        })}
                        onClick={() => setRevoking(permission)}
                      >
                        {t('account.revoke')}
                      </Button>
                    )
                  }
                >
                  <PermissionWords permission={permission} />
                </Record>
              ))}
            </RecordList>
          )
        }
      </QueryStates>
      <ConfirmDanger
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={t('account.revokeTitle')}
        action={t('account.revoke')}
        perform={async () => {
          if (!revoking) return;
          await revokePermission(account, revoking);
          await queries.invalidateQueries({ queryKey: account.key });
          notifyDone(t('account.revoked', { client: revoking.clientId }));
        }}
      >
        {revoking && t('account.revokeText', { client: revoking.clientId, app: revoking.appName })}
      </ConfirmDanger>
    </>
  );
}

function PermissionWords({ permission }: { permission: Permission }) {
  const { t } = useTranslation();
  const { appName, clientId, scope, since, until, remembered } = permission;
  return (
    <>
      <Group gap="xs">
        <Text fw={600}>{appName}</Text>
        {remembered && (
          <Badge variant="outline" color="gray">
            {t('account.remembered')}
          </Badge>
        )}
      </Group>
      <Text size="sm" component="div">
        {t('account.client')} <Code>{clientId}</Code>
      </Text>
      <Group gap={6} my={4}>
        {scope.length === 0 && <Text size="sm">{t('account.noScope')}</Text>}
        {scope.map((name) => (
          <Code key={name}>{name}</Code>
        ))}
      </Group>
      <Text size="sm" c="dimmed" component="div">
        {t('account.since')} <RelativeTime at={since} />
        {until !== null && (
          <>
            {' · '}
            {t('account.until')} <RelativeTime at={until} />
          </>
        )}
      </Text>
    </>
  );
}
