import { Button, Text } from '@mantine/core';
import type { Role, RoleMember } from '@sallyport/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Column, DataList } from '../../ui/data-list.js';
import { TextLink } from '../../ui/links.js';
import { notifyDone, notifyFailed } from '../../ui/notify.js';
import { SearchPicker } from '../../ui/search-picker.js';
import { Section } from '../../ui/section.js';
import { errorText } from '../../ui/states.js';
import { useRight } from '../session/session.js';
import { loadUsers } from '../users/user-data.js';
import { BuiltInNote } from './built-in-note.js';
import { RemoveMember } from './remove-member.js';
import { addMember, loadMembers } from './role-data.js';

/** Who is in the role: add by searching, remove by row. */
export function RoleMembers({ role }: { role: Role }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayManageUsers = useRight('User Management');
  const mayWrite = mayManageUsers && role.id !== 'everybody';
  const [leaving, setLeaving] = useState<RoleMember | null>(null);
  const refresh = async () => {
    for (const key of ['users', 'changes', 'me']) void queries.invalidateQueries({ queryKey: [key] });
    await queries.invalidateQueries({ queryKey: ['roles'] });
  };
  const joining = useMutation({
    mutationFn: (user: string) => addMember(role.id, user),
    onSuccess: async () => {
      await refresh();
      notifyDone(t('roles.memberAdded'));
    },
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  const columns: Column<RoleMember>[] = [
    { id: 'member', header: t('users.user'), render: (member) => <Member member={member} /> },
  ];
  if (mayWrite)
    columns.push({
      id: 'remove',
      header: t('common.remove'),
      actions: true,
      render: (member) => (
        <Button
          size="compact-sm"
          aria-label={t('common.removeWhat', { what: member.loginName })}
          onClick={() => setLeaving(member)}
        >
          {t('common.remove')}
        </Button>
      ),
    });
  return (
    <Section title={t('roles.part.members')} lead={t('roles.membersLead')}>
      {role.id === 'everybody' && <BuiltInNote>{t('roles.everybodyNote')}</BuiltInNote>}
      {!mayManageUsers && <BuiltInNote>{t('roles.membersNeed')}</BuiltInNote>}
      {mayWrite && (
        <SearchPicker
          label={t('roles.addMember')}
          placeholder={t('roles.addMemberHint')}
          queryKey={['users']}
          load={loadUsers}
          choiceOf={({ id, loginName, displayName }) => ({
            value: id,
            label: `${displayName} · ${loginName}`,
          })}
          onPick={(user) => joining.mutate(user)}
        />
      )}
      <DataList
        label={t('roles.part.members')}
        searchLabel={t('roles.searchMembers')}
        queryKey={['roles', role.id, 'members']}
        load={(query) => loadMembers(role.id, query)}
        columns={columns}
        rowId={({ id }) => id}
        empty={{ title: t('roles.noMembers'), text: t('roles.noMembersText') }}
      />
      <RemoveMember role={role} member={leaving} onClose={() => setLeaving(null)} onDone={refresh} />
    </Section>
  );
}

function Member({ member }: { member: RoleMember }) {
  return (
    <>
      <TextLink to="/manage/users/$userId/{-$part}" params={{ userId: member.id }}>
        {member.loginName}
      </TextLink>
      <Text size="sm" c="dimmed">
        {member.displayName}
      </Text>
    </>
  );
}
