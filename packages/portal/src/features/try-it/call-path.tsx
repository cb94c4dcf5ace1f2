/** Calls a path of this server's API with the token, as the client program would. */
import { Alert, Badge, Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../../ui/code-block.js';
import { Section } from '../../ui/section.js';
import { errorText } from '../../ui/states.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

async function callPath(method: string, path: string, token: string) {
  const url = new URL(path.startsWith('/') ? path : `/${path}`, window.location.origin);
  if (url.origin !== window.location.origin) throw new TypeError('another server');
  const response = await fetch(url, {
    method,
    credentials: 'omit',
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
  });
  return { status: response.status, body: await response.text() };
}

function laidOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

export function CallPath({ token }: { token: string }) {
  const { t } = useTranslation();
  const [method, setMethod] = useState('GET');
  const [path, setPath] = useState('/security/whoami');
  const calling = useMutation({ mutationFn: () => callPath(method, path.trim(), token) });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    calling.mutate();
  };
  return (
    <Section title={t('tryIt.call')} lead={t('tryIt.callLead')}>
      <Stack gap="sm">
        <Group align="flex-end" gap="xs">
          <NativeSelect
            label={t('apps.tester.method')}
            data={METHODS}
            value={method}
            w={112}
            onChange={({ currentTarget }) => setMethod(currentTarget.value)}
          />
          <TextInput
            label={t('apps.tester.path')}
            value={path}
            flex="1 1 12rem"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            onChange={({ currentTarget }) => setPath(currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          <Button loading={calling.isPending} onClick={() => calling.mutate()}>
            {t('tryIt.callNow')}
          </Button>
        </Group>
        <div aria-live="polite">
          {calling.isError && <Alert color="red">{errorText(calling.error, t)}</Alert>}
          {calling.data && (
            <Stack gap="xs" align="stretch">
              <Badge variant="outline" color={calling.data.status < 400 ? 'pine' : 'red'}>
                {calling.data.status}
              </Badge>
              {calling.data.body !== '' && (
                <CodeBlock code={laidOut(calling.data.body)} what={t('traffic.response')} />
              )}
            </Stack>
          )}
        </div>
      </Stack>
    </Section>
  );
}
