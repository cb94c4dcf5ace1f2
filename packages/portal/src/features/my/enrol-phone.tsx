import { Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { PhoneOffer } from '@sallyport/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import type { EnrolmentProps } from './enrolment.js';
import { enrolPhone, offerPhone } from './my-data.js';
import { OwnPassword } from './own-password.js';

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
  return <CodeForm {...sent} onCancel={() => setSent(null)} onDone={() => onDone(t('my.phoneAdded'))} />;
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

interface CodeFormProps {
  ticket: string;
  number: string;
  onCancel(): void;
  onDone(): void;
}

function CodeForm({ ticket, number, onCancel, onDone }: CodeFormProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { code: '' },
    validate: { code: (code) => (code.trim() === '' ? t('my.fault.sentCode') : null) },
  });
  return (
    <ApiForm
      form={form}
      labels={{ code: t('my.code'), ticket: t('my.code') }}
      action={t('my.turnOn')}
      onCancel={onCancel}
      cancel={t('my.otherNumber')}
      send={({ code }) => enrolPhone({ ticket, code: code.replaceAll(' ', '') })}
      onDone={onDone}
    >
      <Text size="sm">{t('my.codeSentTo', { number })}</Text>
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

/** A number as it is dialled, however it is spaced. */
function dialled(number: string): string {
  return number.replace(/[\s()/.-]/g, '').replace(/^00/, '+');
}
