import { Alert, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Factor, FactorOutlook } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import { PlaceList } from '../account/outlook.js';
import { removeMyFactor } from './my-data.js';
import { OwnPassword } from './own-password.js';

interface RemoveFactorProps {
  factor: Factor;
  outlook: FactorOutlook | undefined;
  onCancel(): void;
  onDone(): void;
}

/** Removing a factor tells what it was needed for, and asks for the password once more. */
export function RemoveFactor({ factor, outlook, onCancel, onDone }: RemoveFactorProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (value) => (value === '' ? t('my.fault.oldPassword') : null) },
  });
  const closing = outlook?.ifRemoved ?? [];
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
      {closing.length > 0 && (
        <Alert color="yellow" title={t('my.removeCloses')}>
          <PlaceList places={closing} />
        </Alert>
      )}
      <Text size="sm">
        {outlook?.leavesPasswordAlone ? t('my.removeLeavesPassword') : t('my.removeFactorText')}
      </Text>
      <OwnPassword form={form} autoFocus />
    </ApiForm>
  );
}
