import { Fieldset, TextInput } from '@mantine/core';
import type { Role } from '@sallyport/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Versioned } from '../../api.js';
import { ApiForm } from '../../ui/api-form.js';
import { Section } from '../../ui/section.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { useEdited } from '../../ui/use-edited.js';
import { useRight } from '../session/session.js';
import { BuiltInNote } from './built-in-note.js';
import { roleInput, roleQuery, saveRole } from './role-data.js';
import { useRoleSaved } from './use-role-saved.js';

/** Name and description of a role. */
export function RoleDescription({ read }: { read: Versioned<Role> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const onSaved = useRoleSaved();
  const mayWrite = useRight('Role Management');
  const { form, base, take, takeSaved } = useEdited({
    read,
    valuesOf: ({ name, description }) => ({ name, description }),
    validate: { name: (name: string) => (name.trim() === '' ? t('roles.nameMissing') : null) },
  });
  const { value: role, etag } = base;
  return (
    <Section title={t('roles.part.description')}>
      {role.builtIn && <BuiltInNote>{t('roles.builtInName')}</BuiltInNote>}
      <ApiForm
        form={form}
        labels={{ name: t('roles.name'), description: t('roles.part.description') }}
        action={t('common.save')}
        mayWrite={mayWrite}
        send={(values) => saveRole(role.id, { ...roleInput(role), ...values }, etag)}
        reread={() => void queries.fetchQuery({ ...roleQuery(role.id), staleTime: 0 }).then(take)}
        onDone={(saved, sent) => {
          takeSaved(saved, sent);
          onSaved(saved);
        }}
      >
        <Fieldset variant="unstyled" disabled={!mayWrite}>
          <TextInput
            required
            label={t('roles.name')}
            readOnly={role.builtIn}
            {...form.getInputProps('name')}
          />
          <TextInput
            mt="md"
            label={t('roles.part.description')}
            description={t('roles.descriptionHint')}
            {...form.getInputProps('description')}
          />
        </Fieldset>
      </ApiForm>
      <UnsavedGuard dirty={form.isDirty()} />
    </Section>
  );
}
