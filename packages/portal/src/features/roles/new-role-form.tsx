import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import { notifyDone } from '../../ui/notify.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { createRole } from './role-data.js';

/** A new role, which then opens at its members. */
export function NewRoleForm({ onCancel }: { onCancel(): void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { name: '', description: '' },
    validate: { name: (name) => (name.trim() === '' ? t('roles.nameMissing') : null) },
  });
  return (
    <ApiForm
      form={form}
      labels={{ name: t('roles.name'), description: t('roles.part.description') }}
      action={t('roles.create')}
      onCancel={onCancel}
      send={createRole}
      onDone={({ id, name }) => {
        void queries.invalidateQueries({ queryKey: ['roles'] });
        notifyDone(t('roles.wasCreated', { name }));
        void navigate({
          to: '/manage/roles/$roleId/{-$part}',
          params: { roleId: id, part: 'members' },
          ignoreBlocker: true,
        });
      }}
    >
      <UnsavedGuard dirty={form.isDirty()} />
      <TextInput required data-autofocus label={t('roles.name')} {...form.getInputProps('name')} />
      <TextInput
        label={t('roles.part.description')}
        description={t('roles.descriptionHint')}
        {...form.getInputProps('description')}
      />
    </ApiForm>
  );
}
