import { Alert, Anchor, Button, Input, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refusalText } from './grant-form.js';
import { type Pending, readCallback, redeem, type TryClient } from './run-grant.js';
import type { Gained } from './try-it.js';

interface PasteBackProps {
  client: TryClient;
  pending: Pending;
  onToken(gained: Gained): void;
}

/** Where the redirect is not ours to read: the person brings the address back. */
export function PasteBack({ client, pending, onToken }: PasteBackProps) {
  const { t } = useTranslation();
  const [address, setAddress] = useState('');
  const taking = useMutation({
    mutationFn: async () => redeem(client, pending, readCallback(address, pending)),
    onSuccess: (answer) => onToken({ client, answer }),
  });
  return (
    <Alert color="gray" title={t('tryIt.elsewhere')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          {t('tryIt.elsewhereText')}{' '}
          <Anchor href={pending.url} target="_blank" rel="noreferrer">
            {t('tryIt.openSignIn')}
          </Anchor>
        </Text>
        <TextInput
          label={t('tryIt.address')}
          w="100%"
          spellCheck={false}
          autoComplete="off"
          value={address}
          onChange={({ currentTarget }) => setAddress(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            event.stopPropagation();
            taking.mutate();
          }}
        />
        {taking.isError && <Input.Error role="alert">{refusalText(taking.error, t)}</Input.Error>}
        <Button loading={taking.isPending} onClick={() => taking.mutate()}>
          {t('tryIt.takeAddress')}
        </Button>
      </Stack>
    </Alert>
  );
}
