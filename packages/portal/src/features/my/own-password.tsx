import { PasswordInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';

interface OwnPasswordProps<Values extends { password: string }> {
  form: UseFormReturnType<Values>;
  autoFocus?: boolean;
}

/** The password once more, before anything that opens the account. */
export function OwnPassword<Values extends { password: string }>({
  form,
  autoFocus = false,
}: OwnPasswordProps<Values>) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      required
      {...(autoFocus ? { 'data-autofocus': true } : {})}
      label={t('my.oldPassword')}
      autoComplete="current-password"
      visibilityToggleButtonProps={{ 'aria-label': t('my.show', { what: t('my.oldPassword') }) }}
      {...form.getInputProps('password')}
    />
  );
}
