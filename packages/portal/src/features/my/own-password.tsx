import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { SecretInput } from '../../ui/secret-input.js';

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
    <SecretInput
      required
      {...(autoFocus ? { 'data-autofocus': true } : {})}
      label={t('my.oldPassword')}
      autoComplete="current-password"
      {...form.getInputProps('password')}
    />
  );
}
