import { Button, Text } from '@mantine/core';
import type { Role, User } from '@sallyport/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { TextLink } from '../../ui/links.js';
import { notifyDone, notifyFailed } from '../../ui/notify.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { SearchPicker } from '../../ui/search-picker.js';
import { Section } from '../../ui/section.js';
import { EmptyState, errorText } from '../../ui/states.js';
import { addMember, describedRole, loadRoles, removeMember, roleNamedQuery } from '../roles/role-data.js';
import { WhatRoleGives } from '../roles/what-role-gives.js';
import { useRight } from '../session/session.js';

/** The roles that the user is in: what opens apps and administration to them. */
export function UserRoles({ user }: { user: User }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useRight('User Management');
  const [leaving, setLeaving] = useState<Role | null>(null);
  const refresh = async () => {
    for (const key of ['roles', 'changes', 'me']) void queries.invalidateQueries({ queryKey: [key] });
    await queries.invalidateQueries({ queryKey: ['users', user.id] });
  };
  const joining = useMutation({
    mutationFn: (role: string) => addMember(role, user.id),
    onSuccess: async () => {
      await refresh();
      notifyDone(t('users.roleAdded'));
    },
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  return (
    <Section title={t('menu.roles')} lead={t('users.rolesLead')}>
      {mayWrite && (
        <SearchPicker
          label={t('users.addRole')}
          placeholder={t('users.addRoleHint')}
          queryKey={['roles']}
          load={loadRoles}
          choiceOf={({ id, name }) => ({ value: id, label: name })}
          isTaken={({ id, name }) => id === 'everybody' || user.roles.includes(name)}
          onPick={(role) => joining.mutate(role)}
        />
      )}
      {user.roles.length === 0 ? (
        <EmptyState title={t('users.noRoles')} text={t('users.noRolesText')} />
      ) : (
        <RecordList label={t('menu.roles')}>
          {user.roles.map((name) => (
            <RoleOfUser key={name} name={name} onRemove={mayWrite ? setLeaving : undefined} />
          ))}
        </RecordList>
      )}
      <ConfirmDanger
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t('roles.removeMember', { name: user.displayName })}
        action={t('common.remove')}
        perform={async () => {
          if (!leaving) return;
          await removeMember(leaving.id, user.id);
          await refresh();
          notifyDone(t('users.roleRemoved'));
        }}
      >
        {leaving && <WhatRoleGives role={leaving} />}
      </ConfirmDanger>
    </Section>
  );
}

interface RoleOfUserProps {
  name: string;
  onRemove: ((role: Role) => void) | undefined;
}

function RoleOfUser({ name, onRemove }: RoleOfUserProps) {
  const { t } = useTranslation();
  const { data: role } = useQuery(roleNamedQuery(name));
  return (
    <Record
      actions={
        onRemove &&
        role && (
          <Button
            size="compact-sm"
            aria-label={t('common.removeWhat', { what: name })}
            onClick={() => onRemove(role)}
          >
            {t('common.remove')}
          </Button>
        )
      }
    >
      {role ? (
        <TextLink to="/manage/roles/$roleId/{-$part}" params={{ roleId: role.id }}>
          {name}
        </TextLink>
      ) : (
        name
      )}
      <Text size="sm" c="dimmed">
        {role && role.rights.length > 0 ? role.rights.join(', ') : role && describedRole(role)}
      </Text>
    </Record>
  );
}
