/** What came of a grant: the token decoded, what the server says of it, and its renewal. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../../ui/code-block.js';
import { CopyButton } from '../../ui/copy-button.js';
import { Section } from '../../ui/section.js';
import { refusalText } from './grant-form.js';
import { decodeJwt, introspect, requestToken } from './run-grant.js';
import type { Gained } from './try-it.js';

interface TokenResultProps {
  gained: Gained;
  onToken(gained: Gained): void;
}

export function TokenResult({ gained: { client, answer }, onToken }: TokenResultProps) {
  const { t } = useTranslation();
  const decoded = decodeJwt(answer.access_token);
  const identity = answer.id_token === undefined ? null : decodeJwt(answer.id_token);
  const asking = useMutation({ mutationFn: () => introspect(client, answer.access_token) });
  const renewing = useMutation({
    mutationFn: () =>
      requestToken(client, { grant_type: 'refresh_token', refresh_token: answer.refresh_token ?? '' }),
    onSuccess: (renewed) => onToken({ client, answer: { ...answer, ...renewed } }),
  });
  const fault = asking.error ?? renewing.error;
  return (
    <Section
      title={t('tryIt.token')}
      lead={t('tryIt.tokenLead', { scope: answer.scope ?? '', seconds: answer.expires_in ?? 0 })}
    >
      <Stack gap="sm">
        <Group gap="sm">
          <CopyButton value={answer.access_token} what={t('tryIt.token')} worded />
          <Button loading={asking.isPending} onClick={() => asking.mutate()}>
            {t('tryIt.introspect')}
          </Button>
          {answer.refresh_token !== undefined && (
            <Button loading={renewing.isPending} onClick={() => renewing.mutate()}>
              {t('tryIt.refresh')}
            </Button>
          )}
        </Group>
        {fault && (
          <Alert color="red" role="alert">
            {refusalText(fault, t)}
          </Alert>
        )}
        {decoded ? (
          <Json value={decoded} what={t('tryIt.decoded')} />
        ) : (
          <Text size="sm">{t('tryIt.opaque')}</Text>
        )}
        {identity && <Json value={identity} what={t('tryIt.idToken')} />}
        {asking.data !== undefined && <Json value={asking.data} what={t('tryIt.introspected')} />}
      </Stack>
    </Section>
  );
}

function Json({ value, what }: { value: unknown; what: string }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {what}
      </Text>
      <CodeBlock code={JSON.stringify(value, null, 2)} what={what} />
    </div>
  );
}
