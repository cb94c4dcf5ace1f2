import { Badge, Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { Email } from '@sallyport/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import { notifyDone } from '../../ui/notify.js';
import { Section } from '../../ui/section.js';
import { useMe } from '../session/session.js';
import { changeAddress, offerAddress } from './my-data.js';
import { OwnPassword } from './own-password.js';
import { SentCodeForm } from './sent-code-form.js';

/** The mail address that codes and notices go to, and whether it is proved to be one's own. */
export function MyAddress() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { user } = useMe();
  const [opened, { open, close }] = useDisclosure();
  const done = () => {
    close();
    void queries.invalidateQueries({ queryKey: ['me'] });
    notifyDone(t('my.addressProved'));
  };
  return (
    <Section
      title={t('my.address')}
      lead={t('my.addressLead')}
      actions={
        <Button onClick={open}>{user.emailVerified ? t('my.changeAddress') : t('my.proveAddress')}</Button>
      }
    >
      <Group gap="sm">
        <Text>{user.email}</Text>
        <Badge variant={user.emailVerified ? 'outline' : 'default'}>
          {user.emailVerified ? t('my.addressVerified') : t('my.addressNotVerified')}
        </Badge>
      </Group>
      <Modal opened={opened} onClose={close} title={t('my.address')} closeOnClickOutside={false}>
        {opened && <Proof email={user.email} onCancel={close} onDone={done} />}
      </Modal>
    </Section>
  );
}

interface ProofProps {
  email: string;
  onCancel(): void;
  onDone(): void;
}

/** A code is mailed to the address, and typed here. */
function Proof({ email, onCancel, onDone }: ProofProps) {
  const { t } = useTranslation();
  const [sent, setSent] = useState<{ ticket: string; email: string } | null>(null);
  if (!sent) return <AddressForm email={email} onCancel={onCancel} onDone={setSent} />;
  return (
    <SentCodeForm
      sentTo={t('my.codeMailedTo', { email: sent.email })}
      action={t('my.proveAddress')}
      cancel={t('my.otherAddress')}
      onCancel={() => setSent(null)}
      send={(code) => changeAddress({ ticket: sent.ticket, code })}
      onDone={onDone}
    />
  );
}

interface AddressFormProps {
  email: string;
  onCancel(): void;
  onDone(sent: { ticket: string; email: string }): void;
}

function AddressForm({ email, onCancel, onDone }: AddressFormProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { email, password: '' },
    validate: {
      email: (value) => (Email.safeParse(value.trim()).success ? null : t('faults.email')),
      password: (password) => (password === '' ? t('my.fault.oldPassword') : null),
    },
  });
  return (
    <ApiForm
      form={form}
      labels={{ email: t('my.addressField'), password: t('my.oldPassword') }}
      action={t('my.sendCode')}
      onCancel={onCancel}
      send={async (values) => {
        const wanted = values.email.trim();
        return { ticket: await offerAddress({ email: wanted, password: values.password }), email: wanted };
      }}
      onDone={onDone}
    >
      <Text size="sm">{t('my.addressText')}</Text>
      <TextInput
        required
        data-autofocus
        type="email"
        label={t('my.addressField')}
        autoComplete="email"
        {...form.getInputProps('email')}
      />
      <OwnPassword form={form} />
    </ApiForm>
  );
}
