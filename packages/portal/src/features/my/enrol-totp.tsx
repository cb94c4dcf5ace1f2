import { List, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { TotpOffer } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import { Copyable } from '../../ui/copyable.js';
import { QrCode } from '../../ui/qr-code.js';
import { QueryStates } from '../../ui/query-states.js';
import type { EnrolmentProps } from './enrolment.js';
import { enrolTotp, totpOfferQuery } from './my-data.js';
import { OwnPassword } from './own-password.js';

/** An authenticator app: scan or type the secret, then prove it with a code and the password. */
export function EnrolTotp(props: EnrolmentProps) {
  const { t } = useTranslation();
  return (
    <QueryStates query={useQuery(totpOfferQuery)} what={t('my.add.OATH')}>
      {(offer) => <Enrolment {...props} offer={offer} />}
    </QueryStates>
  );
}

function Enrolment({ offer, onCancel, onDone }: EnrolmentProps & { offer: TotpOffer }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { code: '', password: '' },
    validate: {
      code: (code) => (/^\d{6}$/.test(code.replaceAll(' ', '')) ? null : t('my.fault.code')),
      password: (password) => (password === '' ? t('my.fault.oldPassword') : null),
    },
  });
  return (
    <ApiForm
      form={form}
      labels={{ code: t('my.code'), password: t('my.oldPassword') }}
      action={t('my.turnOn')}
      onCancel={onCancel}
      send={({ code, password }) =>
        enrolTotp({ secret: offer.secret, code: code.replaceAll(' ', ''), password })
      }
      onDone={() => onDone(t('my.authenticatorAdded'))}
    >
      <List type="ordered" size="sm" spacing="xs">
        <List.Item>{t('my.stepScan')}</List.Item>
        <List.Item>{t('my.stepCode')}</List.Item>
      </List>
      <Stack align="center">
        <QrCode rows={offer.qr} label={t('my.qr')} />
      </Stack>
      <div>
        <Text size="sm">{t('my.cannotScan')}</Text>
        <Copyable value={offer.secret} what={t('my.secret')} />
      </div>
      <TextInput
        required
        data-autofocus
        label={t('my.code')}
        description={t('my.codeHint')}
        inputMode="numeric"
        autoComplete="one-time-code"
        {...form.getInputProps('code')}
      />
      <OwnPassword form={form} />
    </ApiForm>
  );
}
