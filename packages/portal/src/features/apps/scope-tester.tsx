import { Alert, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import type { ScopeDefinition } from '@sallyport/contract';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inWords } from '../../i18n/in-words.js';
import { ErrorState } from '../../ui/states.js';
import { testPatterns } from './app-data.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface Verdict {
  /** Names of the scopes that open the path. */
  scopes: string[];
  /** Why the path cannot be judged at all. */
  fault?: string | undefined;
}

async function judge(definitions: readonly ScopeDefinition[], path: string): Promise<Verdict> {
  const withPatterns = definitions.filter(({ restRegex }) => restRegex.length > 0);
  const answers = await Promise.all(
    withPatterns.map(async ({ name, restRegex }) => {
      const { paths } = await testPatterns(restRegex, [path]);
      return { name, ...paths[0] };
    }),
  );
  return {
    scopes: answers.filter(({ opened }) => opened).map(({ name }) => name),
    fault: answers.find(({ fault }) => fault !== undefined)?.fault,
  };
}

/** Answers which of the app's scopes, saved or not, open a request. */
export function ScopeTester({ definitions }: { definitions: readonly ScopeDefinition[] }) {
  const { t } = useTranslation();
  const [method, setMethod] = useState('GET');
  const [path, setPath] = useState('');
  const test = useMutation({ mutationFn: (asked: string) => judge(definitions, asked) });
  const run = () => {
    const asked = requestIn(path);
    if (asked.path === '') return;
    setMethod(asked.method ?? method);
    setPath(asked.path);
    test.mutate(asked.path);
  };
  return (
    <Stack gap="xs" component="section" aria-labelledby="scope-tester">
      <Text id="scope-tester" fw={600} component="h3">
        {t('apps.tester.title')}
      </Text>
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
          placeholder="/security/whoami"
          value={path}
          flex="1 1 14rem"
          maw="28rem"
          spellCheck={false}
          autoCapitalize="off"
          onChange={({ currentTarget }) => setPath(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            run();
          }}
        />
        <Button loading={test.isPending} onClick={run}>
          {t('apps.tester.run')}
        </Button>
      </Group>
      <div aria-live="polite">
        {test.isError && <ErrorState error={test.error} />}
        {test.data && <Answer verdict={test.data} request={`${method} ${path}`} />}
      </div>
      <Text size="xs" c="dimmed">
        {t('apps.tester.note')}
      </Text>
    </Stack>
  );
}

/** What was typed or pasted: a path, with a method before it or as a whole address. */
function requestIn(text: string): { method: string | undefined; path: string } {
  const [, word, rest = ''] = /^([a-z]+\s+)?(.*)$/i.exec(text.trim()) ?? [];
  const method = METHODS.find((known) => known === word?.trim().toUpperCase());
  const path = rest.replace(/^https?:\/\/[^/]*/i, '');
  return { method, path: path === '' || path.startsWith('/') ? path : `/${path}` };
}

function Answer({ verdict: { scopes, fault }, request }: { verdict: Verdict; request: string }) {
  const { t } = useTranslation();
  if (fault) return <Alert color="red">{t('apps.tester.bad', { request, fault: inWords(fault) })}</Alert>;
  if (scopes.length === 0) return <Alert color="gray">{t('apps.tester.none', { request })}</Alert>;
  return (
    <Alert>{t('apps.tester.opened', { request, scopes: scopes.join(', '), count: scopes.length })}</Alert>
  );
}
