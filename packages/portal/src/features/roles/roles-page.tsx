import { Badge, Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { MOST_COUNTED_MEMBERS, type RoleSummary } from '@sallyport/contract';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type Column, DataList } from '../../ui/data-list.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { TextLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { useRight } from '../session/session.js';
import { NewRoleForm } from './new-role-form.js';
import { describedRole, loadRoles } from './role-data.js';

export function RolesPage() {
  const { t } = useTranslation();
  const mayWrite = useRight('Role Management');
  const [adding, { open, close }] = useDisclosure();
  const add = mayWrite && (
    <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      {t('roles.add')}
    </Button>
  );
  const columns: Column<RoleSummary>[] = [
    { id: 'role', header: t('roles.role'), render: (role) => <Name role={role} /> },
    {
      id: 'rights',
      header: t('roles.part.rights'),
      wide: true,
      render: ({ rights }) => (rights.length === 0 ? t('roles.noRights') : rights.join(', ')),
    },
    {
      id: 'members',
      header: t('roles.part.members'),
      render: ({ id, memberCount }) => (id === 'everybody' ? t('roles.everyone') : countOf(memberCount)),
    },
  ];
  return (
    <>
      <PageHeader title={t('menu.roles')} lead={t('roles.lead')} actions={add} />
      <DataList
        label={t('menu.roles')}
        searchLabel={t('roles.search')}
        queryKey={['roles', 'list']}
        load={loadRoles}
        columns={columns}
        rowId={({ id }) => id}
        empty={{ title: t('roles.emptyTitle'), text: t('roles.emptyText'), action: add }}
      />
      {adding && (
        <FormDialog onClose={close} title={t('roles.add')}>
          <NewRoleForm onCancel={close} />
        </FormDialog>
      )}
    </>
  );
}

function Name({ role }: { role: RoleSummary }) {
  const { t } = useTranslation();
  return (
    <Stack gap={0} align="flex-start">
      <TextLink to="/manage/roles/$roleId/{-$part}" params={{ roleId: role.id }}>
        {role.name}
      </TextLink>
      <Text size="sm" c="dimmed">
        {describedRole(role)}
      </Text>
      {role.builtIn && (
        <Badge variant="outline" color="gray">
          {t('roles.builtIn')}
        </Badge>
      )}
    </Stack>
  );
}

function countOf(members: number): string {
  return `${members.toLocaleString()}${members < MOST_COUNTED_MEMBERS ? '' : '+'}`;
}
