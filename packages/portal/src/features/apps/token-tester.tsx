import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import type { TokenAnswer } from '@sallyport/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../../ui/relative-time.js';
import { ErrorState } from '../../ui/states.js';
import { askAboutToken, endpointsQuery } from './app-data.js';
import { EndpointList } from './endpoint-list.js';

/** Answers what an access token, of this app or another, may do. */
export function TokenTester() {
  const { t } = useTranslation();
  const [token, setToken] = useState('');
  const asking = useMutation({ mutationFn: askAboutToken });
  return (
    <Stack gap="xs" component="section" aria-labelledby="token-tester">
      <Text id="token-tester" fw={600} component="h3">
        {t('apps.tester.tokenTitle')}
      </Text>
      <Group align="flex-end" gap="xs">
        <Textarea
          label={t('apps.tester.token')}
          description={t('apps.tester.tokenHelp')}
          value={token}
          flex="1 1 14rem"
          maw="40rem"
          rows={3}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <Button
          loading={asking.isPending}
          onClick={() => {
            const bare = token.trim().replace(/^Bearer\s+/i, '');
            if (bare !== '') asking.mutate(bare);
          }}
        >
          {t('apps.tester.ask')}
        </Button>
      </Group>
      <div aria-live="polite">
        {asking.isError && <ErrorState error={asking.error} />}
        {asking.data && <Answer answer={asking.data} />}
      </div>
    </Stack>
  );
}

function Answer({ answer }: { answer: TokenAnswer }) {
  const { t } = useTranslation();
  const { data: all = [] } = useQuery(endpointsQuery);
  if (!answer.active)
    return <Alert color="red">{t('apps.tester.tokenBad', { reason: answer.reason })}</Alert>;
  const { loginName, clientId, applicationId, scope, expiresAt, opens } = answer;
  return (
    <Stack gap="xs">
      <Alert>
        {t('apps.tester.tokenOf', { user: loginName, client: clientId, app: applicationId })}{' '}
        {scope.length > 0
          ? t('apps.tester.tokenScopes', { scopes: scope.join(', ') })
          : t('apps.tester.tokenNoScopes')}{' '}
        {t('apps.tester.tokenEnds')} <RelativeTime at={expiresAt} />.
      </Alert>
      <Text size="sm" fw={600}>
        {t('apps.tester.tokenOpens', { count: opens.length, all: all.length })}
      </Text>
      <EndpointList endpoints={opens} opened />
    </Stack>
  );
}
