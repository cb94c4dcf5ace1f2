import { Checkbox, Fieldset, Stack } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Translate } from '../../i18n/i18n.js';
import { SecretInput } from '../../ui/secret-input.js';

interface NewPassword {
  generate: boolean;
  password: string;
  confirmation: string;
}

const SHORTEST = 8;

/** Faults of a new password and its confirmation; none when Sallyport is to make it. */
export function newPasswordFaults({ generate, password, confirmation }: NewPassword, t: Translate) {
  if (generate) return {};
  const short = [...password].length < SHORTEST;
  return {
    password: short ? t('users.fault.password', { count: SHORTEST }) : null,
    confirmation: confirmation === password ? null : t('users.fault.confirmation'),
  };
}

interface NewPasswordFieldsProps<Values extends NewPassword> {
  form: UseFormReturnType<Values>;
  /** Whether it is a program's secret. */
  client: boolean;
}

/** *Password* and *Confirm Password*, or neither: Sallyport makes one and shows it once. */
export function NewPasswordFields<Values extends NewPassword>({
  form,
  client,
}: NewPasswordFieldsProps<Values>) {
  const { t } = useTranslation();
  const { generate } = form.values;
  return (
    <Fieldset legend={client ? t('users.passwordIsSecret') : t('users.password')}>
      <Stack gap="sm">
        <Checkbox
          data-autofocus
          label={t('users.generate')}
          description={client ? t('users.generateSecretHint') : t('users.generateHint')}
          {...form.getInputProps('generate', { type: 'checkbox' })}
        />
        {!generate && (
          <>
            <SecretInput
              required
              label={t('users.password')}
              autoComplete="new-password"
              {...form.getInputProps('password')}
            />
            <SecretInput
              required
              label={t('users.confirmation')}
              autoComplete="new-password"
              {...form.getInputProps('confirmation')}
            />
          </>
        )}
      </Stack>
    </Fieldset>
  );
}
