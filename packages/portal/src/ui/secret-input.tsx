import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** A field that hides what it holds until it is asked to show it, by mouse or by key. */
export function SecretInput({ label, ...rest }: PasswordInputProps & { label: string }) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      label={label}
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ 'aria-label': t('common.showWhat', { what: label }) }}
      {...rest}
    />
  );
}
