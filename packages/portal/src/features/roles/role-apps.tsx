import { Button, Text } from '@mantine/core';
import type { App, Role } from '@sallyport/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { TextLink } from '../../ui/links.js';
import { notifyDone, notifyFailed } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { SearchPicker } from '../../ui/search-picker.js';
import { Section } from '../../ui/section.js';
import { EmptyState, errorText } from '../../ui/states.js';
import { loadApps } from '../apps/app-data.js';
import { useRight } from '../session/session.js';
import { roleAppsQuery, setUserAccess } from './role-data.js';

/** The apps that the role opens: the other view of their User Access. */
export function RoleApps({ role }: { role: Role }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useRight('Application Management');
  const [closing, setClosing] = useState<App | null>(null);
  const refresh = async () => {
    for (const key of ['apps', 'changes']) void queries.invalidateQueries({ queryKey: [key] });
    await queries.invalidateQueries({ queryKey: ['roles', role.id, 'apps'] });
  };
  const opening = useMutation({
    mutationFn: (app: string) => setUserAccess(app, role.name, true),
    onSuccess: async () => {
      await refresh();
      notifyDone(t('roles.appAdded'));
    },
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  return (
    <Section title={t('roles.part.apps')} lead={t('roles.appsLead')}>
      {mayWrite && (
        <SearchPicker
          label={t('roles.addApp')}
          placeholder={t('roles.addAppHint')}
          queryKey={['apps']}
          load={loadApps}
          choiceOf={({ applicationId, name }) => ({
            value: applicationId,
            label: `${name} · ${applicationId}`,
          })}
          isTaken={({ userAccess }) => userAccess.roles.includes(role.name)}
          onPick={(app) => opening.mutate(app)}
        />
      )}
      <QueryStates query={useQuery(roleAppsQuery(role.id))} what={t('roles.part.apps')}>
        {(apps) =>
          apps.length === 0 ? (
            <EmptyState title={t('roles.noApps')} text={t('roles.noAppsText')} />
          ) : (
            <RecordList label={t('roles.part.apps')}>
              {apps.map((app) => (
                <Record
                  key={app.applicationId}
                  actions={
                    mayWrite && (
                      <Button
                        size="compact-sm"
                        aria-label={t('common.removeWhat', { what: app.name })}
                        onClick={() => setClosing(app)}
                      >
                        {t('common.remove')}
                      </Button>
                    )
                  }
                >
                  <TextLink
                    to="/manage/apps/$applicationId/{-$category}"
                    params={{ applicationId: app.applicationId, category: 'user-access' }}
                  >
                    {app.name}
                  </TextLink>
                  <Text size="sm" c="dimmed">
                    {app.applicationId}
                  </Text>
                </Record>
              ))}
            </RecordList>
          )
        }
      </QueryStates>
      <ConfirmDanger
        opened={closing !== null}
        onClose={() => setClosing(null)}
        title={t('roles.removeApp', { name: closing?.name ?? '' })}
        action={t('common.remove')}
        perform={async () => {
          if (!closing) return;
          await setUserAccess(closing.applicationId, role.name, false);
          await refresh();
          notifyDone(t('roles.appRemoved'));
        }}
      >
        {closing && t('roles.removeAppText', { role: role.name, app: closing.name })}
      </ConfirmDanger>
    </Section>
  );
}
