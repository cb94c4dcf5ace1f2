import { Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { startRegistration } from '@simplewebauthn/browser';
import { useTranslation } from 'react-i18next';
import type { Translate } from '../../i18n/i18n.js';
import { ApiForm } from '../../ui/api-form.js';
import { Told } from '../../ui/states.js';
import { deviceOf } from '../account/device.js';
import type { EnrolmentProps } from './enrolment.js';
import { enrolPasskey, offerPasskey } from './my-data.js';
import { OwnPassword } from './own-password.js';

type CreationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

const LONGEST_NAME = 64;

/** A passkey or security key: named, then made by the browser after the password. */
export function EnrolPasskey({ onCancel, onDone }: EnrolmentProps) {
  const { t } = useTranslation();
  const { program, system } = deviceOf(navigator.userAgent);
  const form = useForm({
    initialValues: { name: system ? t('account.device', { program, system }) : program, password: '' },
    validate: {
      name: (name) => nameFault(name.trim(), t),
      password: (password) => (password === '' ? t('my.fault.oldPassword') : null),
    },
  });
  return (
    <ApiForm
      form={form}
      labels={{ name: t('my.passkeyName'), password: t('my.oldPassword') }}
      action={t('my.makePasskey')}
      onCancel={onCancel}
      send={async ({ name, password }) => {
        const { ticket, options } = await offerPasskey(password);
        const response = await made(options, t);
        return enrolPasskey({ ticket, name: name.trim(), response });
      }}
      onDone={() => onDone(t('my.passkeyAdded'))}
    >
      <Text size="sm">{t('my.passkeyText')}</Text>
      <TextInput
        required
        data-autofocus
        label={t('my.passkeyName')}
        description={t('my.passkeyNameHint')}
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <OwnPassword form={form} />
    </ApiForm>
  );
}

function nameFault(name: string, t: Translate): string | null {
  if (name === '') return t('my.fault.passkeyName');
  return [...name].length > LONGEST_NAME ? t('faults.tooLong', { max: LONGEST_NAME }) : null;
}

/** Has the browser make it. Throws {@link Told} in the reader's words. */
async function made(options: Record<string, unknown>, t: Translate): Promise<Record<string, unknown>> {
  try {
    return { ...(await startRegistration({ optionsJSON: options as unknown as CreationOptions })) };
  } catch (error) {
    const isKnown = error instanceof Error && error.name === 'InvalidStateError';
    throw new Told(isKnown ? t('my.fault.passkeyKnown') : t('my.fault.passkey'));
  }
}
