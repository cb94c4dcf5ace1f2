import type { Role, RoleMember } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { notifyDone } from '../../ui/notify.js';
import { removeMember } from './role-data.js';
import { WhatRoleGives } from './what-role-gives.js';

interface RemoveMemberProps {
  role: Role;
  /** The member who is to leave, while the question stands. */
  member: RoleMember | null;
  onClose(): void;
  onDone(): Promise<unknown>;
}

export function RemoveMember({ role, member, onClose, onDone }: RemoveMemberProps) {
  const { t } = useTranslation();
  return (
    <ConfirmDanger
      opened={member !== null}
      onClose={onClose}
      title={t('roles.removeMember', { name: member?.displayName ?? '' })}
      action={t('common.remove')}
      perform={async () => {
        if (!member) return;
        await removeMember(role.id, member.id);
        await onDone();
        notifyDone(t('roles.memberRemoved', { name: member.displayName }));
      }}
    >
      <WhatRoleGives role={role} />
    </ConfirmDanger>
  );
}
