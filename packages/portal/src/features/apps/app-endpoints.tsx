import { Stack, Tabs, Text, Title } from '@mantine/core';
import type { App } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../../ui/code-block.js';
import { Copyable } from '../../ui/copyable.js';
import { endpointUrl, metadataUrl } from './addresses.js';
import { inputOf } from './app-data.js';
import classes from './app-endpoints.module.css';
import { PostmanButtons } from './postman-buttons.js';
import { ENDPOINTS, SNIPPET_KINDS, snippet } from './snippets.js';

/** Every address of the app with its copy button, and how a client gets a token from it. */
export function AppEndpoints({ app }: { app: App }) {
  const { t } = useTranslation();
  const { applicationId } = app;
  const addresses = [
    ...ENDPOINTS.map((name) => ({ name, url: endpointUrl(name, applicationId) })),
    { name: 'metadata' as const, url: metadataUrl(applicationId) },
  ];
  const source = { origin: window.location.origin, app: inputOf(app) };
  return (
    <Stack gap="sm" component="section" aria-labelledby="app-endpoints">
      <Title order={3} id="app-endpoints">
        {t('apps.endpoints.title')}
      </Title>
      <dl className={classes.addresses}>
        {addresses.map(({ name, url }) => (
          <div key={name} className={classes.address}>
            <dt>{t(`apps.endpoints.${name}`)}</dt>
            <dd>
              <Copyable value={url} what={t(`apps.endpoints.${name}`)} />
            </dd>
          </div>
        ))}
      </dl>
      <Title order={3} mt="sm">
        Postman
      </Title>
      <PostmanButtons applicationId={applicationId} />
      <Title order={3} mt="sm">
        {t('apps.snippets.title')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('apps.snippets.text')}
      </Text>
      <Tabs defaultValue="curl" keepMounted={false}>
        <Tabs.List aria-label={t('apps.snippets.title')}>
          {SNIPPET_KINDS.map((kind) => (
            <Tabs.Tab key={kind} value={kind}>
              {t(`apps.snippets.${kind}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {SNIPPET_KINDS.map((kind) => (
          <Tabs.Panel key={kind} value={kind} pt="xs">
            <CodeBlock code={snippet(kind, source)} what={t(`apps.snippets.${kind}`)} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
