import { PasswordInput, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Factor } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import { removeMyFactor } from './my-data.js';

interface RemoveFactorProps {
  factor: Factor;
  onCancel(): void;
  onDone(): void;
}

/** Removing a factor asks for the password once more. */
export function RemoveFactor({ factor, onCancel, onDone }: RemoveFactorProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (value) => (value === '' ? t('my.fault.oldPassword') : null) },
  });
  return (
    <ApiForm
      form={form}
      labels={{ password: t('my.oldPassword') }}
      action={t('common.remove')}
      danger
      onCancel={onCancel}
      send={({ password }) => removeMyFactor(factor.id, password)}
      onDone={onDone}
    >
      <Text size="sm">{t('my.removeFactorText')}</Text>
      <PasswordInput
        required
        data-autofocus
        label={t('my.oldPassword')}
        autoComplete="current-password"
        visibilityToggleButtonProps={{ 'aria-label': t('my.show', { what: t('my.oldPassword') }) }}
        {...form.getInputProps('password')}
      />
    </ApiForm>
  );
}
