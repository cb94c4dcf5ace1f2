import { Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { PhoneOffer } from '@sallyport/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import type { EnrolmentProps } from './enrolment.js';
import { enrolPhone, offerPhone } from './my-data.js';
import { OwnPassword } from './own-password.js';
import { SentCodeForm } from './sent-code-form.js';

type PhoneMechanism = PhoneOffer['mechanism'];

interface EnrolPhoneProps extends EnrolmentProps {
  /** `SMS` for texts, `PF` for calls. */
  mechanism: PhoneMechanism;
}

/** A telephone number: a code is sent to it, and typed here. */
export function EnrolPhone({ mechanism, onCancel, onDone }: EnrolPhoneProps) {
  const { t } = useTranslation();
  const [sent, setSent] = useState<{ ticket: string; number: string } | null>(null);
  if (!sent) return <NumberForm mechanism={mechanism} onCancel={onCancel} onDone={setSent} />;
  return (
    <SentCodeForm
      sentTo={t('my.codeSentTo', { number: sent.number })}
      action={t('my.turnOn')}
      cancel={t('my.otherNumber')}
      onCancel={() => setSent(null)}
      send={(code) => enrolPhone({ ticket: sent.ticket, code })}
      onDone={() => onDone(t('my.phoneAdded'))}
    />
  );
}

interface NumberFormProps {
  mechanism: PhoneMechanism;
  onCancel(): void;
  onDone(sent: { ticket: string; number: string }): void;
}

function NumberForm({ mechanism, onCancel, onDone }: NumberFormProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { number: '', password: '' },
    validate: {
      number: (number) =>
        PhoneOffer.shape.number.safeParse(dialled(number)).success ? null : t('my.fault.number'),
      password: (password) => (password === '' ? t('my.fault.oldPassword') : null),
    },
  });
  return (
    <ApiForm
      form={form}
      labels={{ number: t('my.number'), password: t('my.oldPassword') }}
      action={t('my.sendCode')}
      onCancel={onCancel}
      send={async (values) => {
        const number = dialled(values.number);
        return { ticket: await offerPhone({ mechanism, number, password: values.password }), number };
      }}
      onDone={onDone}
    >
      <Text size="sm">{mechanism === 'SMS' ? t('my.phoneTextSms') : t('my.phoneTextCall')}</Text>
      <TextInput
        required
        data-autofocus
        type="tel"
        label={t('my.number')}
        description={t('my.numberHint')}
        autoComplete="tel"
        {...form.getInputProps('number')}
      />
      <OwnPassword form={form} />
    </ApiForm>
  );
}

/** A number as it is dialled, however it is spaced. */
function dialled(number: string): string {
  return number.replace(/[\s()/.-]/g, '').replace(/^00/, '+');
}
