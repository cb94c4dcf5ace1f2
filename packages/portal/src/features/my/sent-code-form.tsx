import { Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';

interface SentCodeFormProps {
  /** Where the code went, in a sentence. */
  sentTo: string;
  action: string;
  /** The way back to another address or number. */
  cancel: string;
  onCancel(): void;
  /** `code` without the spaces that it may be read out with. */
  send(code: string): Promise<unknown>;
  onDone(): void;
}

/** Takes the code that proves an address or a number. */
export function SentCodeForm({ sentTo, action, cancel, onCancel, send, onDone }: SentCodeFormProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { code: '' },
    validate: { code: (code) => (code.trim() === '' ? t('my.fault.sentCode') : null) },
  });
  return (
    <ApiForm
      form={form}
      labels={{ code: t('my.code'), ticket: t('my.code') }}
      action={action}
      onCancel={onCancel}
      cancel={cancel}
      send={({ code }) => send(code.replaceAll(' ', ''))}
      onDone={onDone}
    >
      <Text size="sm">{sentTo}</Text>
      <TextInput
        required
        data-autofocus
        label={t('my.code')}
        inputMode="numeric"
        autoComplete="one-time-code"
        {...form.getInputProps('code')}
      />
    </ApiForm>
  );
}
