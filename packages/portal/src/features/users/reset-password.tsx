import { Checkbox, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { User } from '@sallyport/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { notifyDone } from '../../ui/notify.js';
import { SecretOnce } from '../../ui/secret-once.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { NewPasswordFields, newPasswordFaults } from './new-password-fields.js';
import { resetPassword } from './user-data.js';

interface ResetPasswordProps {
  user: User;
  opened: boolean;
  onClose(): void;
  onDone(): Promise<unknown>;
}

/** A new password for a user, chosen or generated; a generated one is shown once. */
export function ResetPassword({ user, opened, onClose, onDone }: ResetPasswordProps) {
  const { t } = useTranslation();
  const [generated, setGenerated] = useState<string | null>(null);
  const done = async (password: string | null) => {
    onClose();
    setGenerated(password);
    await onDone();
    notifyDone(t('users.passwordWasReset', { name: user.loginName }));
  };
  return (
    <>
      {opened && (
        <FormDialog onClose={onClose} title={t('users.resetPasswordOf', { name: user.loginName })}>
          <Fields user={user} onCancel={onClose} onDone={(password) => void done(password)} />
        </FormDialog>
      )}
      <SecretOnce
        secret={generated}
        title={user.confidentialClient ? t('users.secretOf') : t('users.passwordOf')}
        what={t('users.password')}
        onClose={() => setGenerated(null)}
      />
    </>
  );
}

interface FieldsProps {
  user: User;
  onCancel(): void;
  onDone(generated: string | null): void;
}

function Fields({ user, onCancel, onDone }: FieldsProps) {
  const { t } = useTranslation();
  const client = user.confidentialClient;
  const form = useForm({
    initialValues: { generate: true, password: '', confirmation: '', mustChangePassword: !client },
    validate: (values) => newPasswordFaults(values, t),
  });
  return (
    <ApiForm
      form={form}
      labels={{ password: t('users.password'), confirmation: t('users.confirmation') }}
      action={t('users.resetPassword')}
      onCancel={onCancel}
      send={({ generate, password, mustChangePassword }) =>
        resetPassword(
          user.id,
          generate ? { generate: true, mustChangePassword } : { password, mustChangePassword },
        )
      }
      onDone={onDone}
    >
      <UnsavedGuard dirty={form.isDirty()} />
      <Text size="sm">{client ? t('users.resetClientText') : t('users.resetText')}</Text>
      <NewPasswordFields form={form} client={client} />
      {!client && (
        <Checkbox
          label={t('users.mustChangeLabel')}
          {...form.getInputProps('mustChangePassword', { type: 'checkbox' })}
        />
      )}
    </ApiForm>
  );
}
