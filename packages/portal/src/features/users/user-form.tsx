import { Checkbox, Fieldset, Group, NativeSelect, Skeleton, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { CreatedUser, UserInput } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import { SecretOnce } from '../../ui/secret-once.js';
import { ErrorState } from '../../ui/states.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { NewPasswordFields, newPasswordFaults } from './new-password-fields.js';
import { createUser, suffixesQuery } from './user-data.js';
import { emailFault, loginPartFault } from './user-faults.js';

export interface UserFormProps {
  /** Fields filled in beforehand, as for a confidential client. */
  initial?: Partial<UserInput>;
  onCreated(user: CreatedUser): void;
  onCancel(): void;
}

/** Create User: login name and suffix, address, names, password, status. */
export function UserForm(props: UserFormProps) {
  const suffixes = useQuery(suffixesQuery);
  if (suffixes.isError) return <ErrorState error={suffixes.error} retry={() => void suffixes.refetch()} />;
  if (!suffixes.isSuccess) return <Skeleton h={320} maw="36rem" />;
  return <Fields {...props} suffixes={suffixes.data} />;
}

function initialValues(initial: Partial<UserInput>, suffixes: string[]) {
  const [loginName = '', suffix = suffixes[0] ?? ''] = initial.loginName?.split('@') ?? [];
  return {
    loginName,
    suffix,
    email: initial.email ?? '',
    displayName: initial.displayName ?? '',
    generate: initial.generatePassword ?? false,
    password: '',
    confirmation: '',
    confidentialClient: initial.confidentialClient ?? false,
    enabled: initial.enabled ?? true,
    mustChangePassword: initial.mustChangePassword ?? false,
  };
}

type Values = ReturnType<typeof initialValues>;

function inputOf(values: Values): Partial<UserInput> {
  const { loginName, suffix, generate, password, confirmation: _, ...rest } = values;
  const secret = generate ? { generatePassword: true } : { password };
  return { ...rest, ...secret, loginName: `${loginName.trim()}@${suffix}`, email: rest.email.trim() };
}

function Fields({ initial = {}, onCreated, onCancel, suffixes }: UserFormProps & { suffixes: string[] }) {
  const { t } = useTranslation();
  const [created, setCreated] = useState<CreatedUser | null>(null);
  const form = useForm<Values>({
    initialValues: initialValues(initial, suffixes),
    validate: (values) => ({
      loginName: loginPartFault(values.loginName, t),
      email: emailFault(values.email, t),
      displayName: values.displayName.trim() === '' ? t('users.fault.displayName') : null,
      ...newPasswordFaults(values, t),
    }),
  });
  const { confidentialClient } = form.values;
  const labels = {
    loginName: t('users.loginName'),
    email: t('users.email'),
    displayName: t('users.displayName'),
    password: t('users.password'),
    confirmation: t('users.confirmation'),
  };

  return (
    <>
      <ApiForm
        form={form}
        labels={labels}
        action={t('users.create')}
        onCancel={onCancel}
        send={(values) => createUser(inputOf(values))}
        onDone={(user) => (user.generatedPassword === null ? onCreated(user) : setCreated(user))}
      >
        <UnsavedGuard dirty={created === null && form.isDirty()} />
        <Group gap="xs" align="flex-start">
          <TextInput
            flex="1 1 12rem"
            required
            data-autofocus
            label={labels.loginName}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            description={confidentialClient ? t('users.loginNameIsClientId') : t('users.loginNameHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            {...form.getInputProps('loginName')}
          />
          <NativeSelect
            label={t('users.suffix')}
            data={suffixes.map((suffix) => ({ value: suffix, label: `@${suffix}` }))}
            {...form.getInputProps('suffix')}
          />
        </Group>
        <TextInput
          required
          type="email"
          label={labels.email}
          description={confidentialClient ? t('users.emailOfClientHint') : undefined}
          autoComplete="off"
          {...form.getInputProps('email')}
        />
        <TextInput
          required
          label={labels.displayName}
          autoComplete="off"
          {...form.getInputProps('displayName')}
        />
        <NewPasswordFields form={form} client={confidentialClient} />
        <Fieldset legend={t('users.status')}>
          <Stack gap="sm">
            <Checkbox
              label={t('users.isClient')}
              description={t('users.isClientHint')}
              {...form.getInputProps('confidentialClient', { type: 'checkbox' })}
            />
            <Checkbox
              label={t('common.enabled')}
              description={t('users.enabledHint')}
              {...form.getInputProps('enabled', { type: 'checkbox' })}
            />
            {!confidentialClient && (
              <Checkbox
                label={t('users.mustChangeLabel')}
                {...form.getInputProps('mustChangePassword', { type: 'checkbox' })}
              />
            )}
          </Stack>
        </Fieldset>
      </ApiForm>
      <SecretOnce
        secret={created?.generatedPassword ?? null}
        title={confidentialClient ? t('users.secretOf') : t('users.passwordOf')}
        what={t('users.password')}
        onClose={() => created && onCreated(created)}
      />
    </>
  );
}
