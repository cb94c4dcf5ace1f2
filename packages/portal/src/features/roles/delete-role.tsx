import { Button, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Role } from '@sallyport/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { notifyDone } from '../../ui/notify.js';
import { useRight } from '../session/session.js';
import { deleteRole } from './role-data.js';
import { WhatRoleGives } from './what-role-gives.js';

export function DeleteRole({ role }: { role: Role }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useRight('Role Management');
  const [asking, { open, close }] = useDisclosure();
  if (!mayWrite) return null;
  return (
    <>
      <Tooltip label={t('roles.builtInDelete')} disabled={!role.builtIn} multiline maw={280}>
        <Button
          data-disabled={role.builtIn}
          aria-disabled={role.builtIn}
          onClick={() => !role.builtIn && open()}
        >
          {t('roles.delete')}
        </Button>
      </Tooltip>
      <ConfirmDanger
        opened={asking}
        onClose={close}
        title={t('roles.deleteTitle', { name: role.name })}
        name={role.name}
        action={t('roles.delete')}
        perform={async () => {
          await deleteRole(role.id);
          await navigate({ to: '/manage/roles' });
          await queries.invalidateQueries({ queryKey: ['roles', 'list'] });
          void queries.invalidateQueries({ queryKey: ['changes'] });
          notifyDone(t('roles.wasDeleted', { name: role.name }));
        }}
      >
        <WhatRoleGives role={role} />
      </ConfirmDanger>
    </>
  );
}
