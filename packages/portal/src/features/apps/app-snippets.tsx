import { NativeSelect, Tabs, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../../ui/code-block.js';
import { endpointSnippet, type SnippetTarget } from './endpoint-snippets.js';
import { ENDPOINTS, SNIPPET_KINDS, type SnippetKind, type SnippetSource } from './snippets.js';

const TARGETS: readonly SnippetTarget[] = [...ENDPOINTS, 'metadata'];

/** For each endpoint a command and a few lines of code, ready to copy. */
export function AppSnippets({ source }: { source: SnippetSource }) {
  const { t } = useTranslation();
  const [target, setTarget] = useState<SnippetTarget>('token');
  const [chosen, setChosen] = useState<SnippetKind>('curl');
  const snippets = SNIPPET_KINDS.flatMap((kind) => {
    const code = endpointSnippet(kind, target, source);
    return code === null ? [] : [{ kind, code }];
  });
  const kind = snippets.some((snippet) => snippet.kind === chosen) ? chosen : 'curl';
  return (
    <>
      <Title order={3} mt="sm">
        {t('apps.snippets.title')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('apps.snippets.text')}
      </Text>
      <NativeSelect
        label={t('apps.snippets.target')}
        maw="20rem"
        value={target}
        data={TARGETS.map((name) => ({ value: name, label: t(`apps.endpoints.${name}`) }))}
        onChange={({ currentTarget: { value } }) =>
          setTarget(TARGETS.find((name) => name === value) ?? 'token')
        }
      />
      <Tabs
        value={kind}
        onChange={(value) => setChosen(SNIPPET_KINDS.find((known) => known === value) ?? 'curl')}
        keepMounted={false}
      >
        <Tabs.List aria-label={t('apps.snippets.title')}>
          {snippets.map(({ kind }) => (
            <Tabs.Tab key={kind} value={kind}>
              {t(`apps.snippets.${kind}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets.map(({ kind, code }) => (
          <Tabs.Panel key={kind} value={kind} pt="xs">
            <CodeBlock code={code} what={t(`apps.snippets.${kind}`)} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
