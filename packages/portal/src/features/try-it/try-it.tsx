/** *Try it*: each grant of the app, run from here against the live server, with the traffic beside it. */
import { Stack, Text } from '@mantine/core';
import type { App } from '@sallyport/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CallPath } from './call-path.js';
import { GrantForm } from './grant-form.js';
import type { TokenAnswer, TryClient } from './run-grant.js';
import { TokenResult } from './token-result.js';
import { TrafficBeside } from './traffic-beside.js';
import classes from './try-it.module.css';

/** A token with the client that got it, which may renew it. */
export interface Gained {
  client: TryClient;
  answer: TokenAnswer;
}

export function TryIt({ app }: { app: App }) {
  const { t } = useTranslation();
  const [gained, setGained] = useState<Gained | null>(null);
  return (
    <div className={classes.screen}>
      <Stack gap="xl">
        <Text size="sm" c="dimmed">
          {t('tryIt.lead')}
        </Text>
        <GrantForm app={app} onToken={setGained} />
        {gained && (
          <>
            <TokenResult key={gained.answer.access_token} gained={gained} onToken={setGained} />
            <CallPath token={gained.answer.access_token} />
          </>
        )}
      </Stack>
      <TrafficBeside applicationId={app.applicationId} />
    </div>
  );
}
