import { Checkbox, Stack } from '@mantine/core';
import { RIGHTS, type Right, type Role } from '@sallyport/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Versioned } from '../../api.js';
import { ApiForm } from '../../ui/api-form.js';
import { Section } from '../../ui/section.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { useEdited } from '../../ui/use-edited.js';
import { holds, useMe } from '../session/session.js';
import { BuiltInNote } from './built-in-note.js';
import { roleInput, roleQuery, saveRole } from './role-data.js';
import { useRoleSaved } from './use-role-saved.js';

/** Keys of the catalogue cannot hold spaces. */
const KEY = {
  'System Administrator': 'systemAdministrator',
  'Admin Portal Login': 'adminPortalLogin',
  'User Management': 'userManagement',
  'Read Only User Management': 'readOnlyUserManagement',
  'Role Management': 'roleManagement',
  'Application Management': 'applicationManagement',
  'Read Only System Administrator': 'readOnlySystemAdministrator',
} as const satisfies Record<Right, string>;

/** What the members of a role may administer. */
export function RoleRights({ read }: { read: Versioned<Role> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const onSaved = useRoleSaved();
  const me = useMe();
  const { form, base, take, takeSaved } = useEdited({ read, valuesOf: ({ rights }) => ({ rights }) });
  const { value: role, etag } = base;
  const mayWrite = holds(me, 'Role Management') && !role.builtIn;
  return (
    <Section title={t('roles.part.rights')} lead={t('roles.rightsLead')}>
      {role.builtIn && <BuiltInNote>{t('roles.builtInRights')}</BuiltInNote>}
      <ApiForm
        form={form}
        labels={{ rights: t('roles.part.rights') }}
        action={t('common.save')}
        mayWrite={mayWrite}
        send={({ rights }) => saveRole(role.id, { ...roleInput(role), rights }, etag)}
        reread={() => void queries.fetchQuery({ ...roleQuery(role.id), staleTime: 0 }).then(take)}
        onDone={(saved, sent) => {
          takeSaved(saved, sent);
          onSaved(saved);
        }}
      >
        <Checkbox.Group {...form.getInputProps('rights')} aria-label={t('roles.part.rights')}>
          <Stack gap="md">
            {RIGHTS.map((right) => (
              <Checkbox
                key={right}
                value={right}
                label={right}
                description={holds(me, right) ? t(`roles.right.${KEY[right]}`) : t('roles.rightYouLack')}
                disabled={!mayWrite || !holds(me, right)}
              />
            ))}
          </Stack>
        </Checkbox.Group>
      </ApiForm>
      <UnsavedGuard dirty={form.isDirty()} />
    </Section>
  );
}
