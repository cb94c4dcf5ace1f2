import { Button, Menu } from '@mantine/core';
import type { User } from '@sallyport/contract';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { notifyDone, notifyFailed } from '../../ui/notify.js';
import { errorText } from '../../ui/states.js';
import { useMe, useRight } from '../session/session.js';
import { ResetPassword } from './reset-password.js';
import { changeUser, deleteUser, inviteUser, signUserOut, unlockUser } from './user-data.js';
import { SignOutStops, WhatStops } from './what-stops.js';

type Dialog = 'password' | 'force' | 'sign-out' | 'disable' | 'delete';

/** What an administrator can do to a user, each with what it would stop. */
export function UserActions({ user }: { user: User }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useRight('User Management');
  const isSelf = useMe().user.id === user.id;
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = () => setDialog(null);
  const { loginName: name } = user;

  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['changes'] });
    return queries.invalidateQueries({ queryKey: ['users'] });
  };
  const act = useMutation({
    mutationFn: async ({ perform, done }: { perform(): Promise<unknown>; done: string }) => {
      await perform();
      await refresh();
      notifyDone(done);
    },
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  const setEnabled = (enabled: boolean) => changeUser(user.id, { enabled });

  if (!mayWrite) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={16} aria-hidden />}>{t('users.actions')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setDialog('password')}>{t('users.resetPassword')}</Menu.Item>
          <Menu.Item
            onClick={() =>
              act.mutate({ perform: () => unlockUser(user.id), done: t('users.unlocked', { name }) })
            }
          >
            {t('users.unlock')}
          </Menu.Item>
          {!user.confidentialClient && (
            <>
              <Menu.Item
                disabled={!user.enabled}
                onClick={() =>
                  act.mutate({
                    perform: () => inviteUser(user.id),
                    done: t('users.invited', { email: user.email }),
                  })
                }
              >
                {t('users.invite')}
              </Menu.Item>
              <Menu.Item
                disabled={user.mustChangePassword || !user.hasPassword}
                onClick={() => setDialog('force')}
              >
                {t('users.forceChange')}
              </Menu.Item>
              <Menu.Item onClick={() => setDialog('sign-out')}>{t('users.signOut')}</Menu.Item>
            </>
          )}
          {user.enabled ? (
            <Menu.Item disabled={isSelf} onClick={() => setDialog('disable')}>
              {t('users.disable')}
            </Menu.Item>
          ) : (
            <Menu.Item
              onClick={() =>
                act.mutate({ perform: () => setEnabled(true), done: t('users.wasEnabled', { name }) })
              }
            >
              {t('users.enable')}
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item disabled={isSelf} onClick={() => setDialog('delete')}>
            {t('users.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ResetPassword user={user} opened={dialog === 'password'} onClose={close} onDone={refresh} />
      <ConfirmDanger
        opened={dialog === 'force'}
        onClose={close}
        title={t('users.forceChangeTitle', { name })}
        action={t('users.forceChange')}
        perform={async () => {
          await changeUser(user.id, { mustChangePassword: true });
          await refresh();
          notifyDone(t('users.changeForced', { name }));
        }}
      >
        {t('users.forceChangeText')}
      </ConfirmDanger>
      <ConfirmDanger
        opened={dialog === 'sign-out'}
        onClose={close}
        title={t('users.signOutTitle', { name })}
        action={t('users.signOut')}
        perform={async () => {
          await signUserOut(user.id);
          await refresh();
          notifyDone(t('users.wasSignedOut', { name }));
        }}
      >
        <SignOutStops user={user} />
      </ConfirmDanger>
      <ConfirmDanger
        opened={dialog === 'disable'}
        onClose={close}
        title={t('users.disableTitle', { name })}
        action={t('users.disable')}
        perform={async () => {
          await setEnabled(false);
          await refresh();
          notifyDone(t('users.wasDisabled', { name }));
        }}
      >
        <WhatStops user={user} />
      </ConfirmDanger>
      <ConfirmDanger
        opened={dialog === 'delete'}
        onClose={close}
        title={t('users.deleteTitle', { name })}
        name={name}
        action={t('users.delete')}
        perform={async () => {
          await deleteUser(user.id);
          await navigate({ to: '/manage/users' });
          await refresh();
          notifyDone(t('users.wasDeleted', { name }));
        }}
      >
        <WhatStops user={user} forGood />
      </ConfirmDanger>
    </>
  );
}
