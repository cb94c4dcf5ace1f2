import { Stack, Title } from '@mantine/core';
import type { App } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import { Copyable } from '../../ui/copyable.js';
import { endpointUrl, metadataUrl } from './addresses.js';
import { inputOf } from './app-data.js';
import classes from './app-endpoints.module.css';
import { AppSnippets } from './app-snippets.js';
import { PostmanButtons } from './postman-buttons.js';
import { ENDPOINTS } from './snippets.js';

/** Every address of the app with its copy button, and how a program uses them. */
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
      <AppSnippets source={source} />
    </Stack>
  );
}
