/** Why a request was refused, by the reference on its error page; recorded or not. */
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { Explanation } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.js';
import { QueryStates } from '../../ui/query-states.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { eventWords } from '../audit/event-words.js';
import { CheckList } from './check-list.js';
import { Remedy } from './remedy.js';
import { explanationQuery } from './traffic-data.js';

export function ExplainReference({ reference }: { reference: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(reference ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = typed.trim();
    void navigate({
      to: '/manage/traffic',
      search: (old) => ({ ...old, reference: wanted === '' ? undefined : wanted }),
    });
  };
  return (
    <Stack gap="sm">
      <form onSubmit={submit}>
        <Group gap="sm" align="flex-end">
          <TextInput
            label={t('traffic.reference')}
            value={typed}
            maxLength={64}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          <Button type="submit">{t('traffic.explain')}</Button>
        </Group>
      </form>
      <div aria-live="polite">{reference !== undefined && <Answer reference={reference} />}</div>
    </Stack>
  );
}

function Answer({ reference }: { reference: string }) {
  const { t } = useTranslation();
  return (
    <QueryStates query={useQuery(explanationQuery(reference))} what={t('traffic.explain')}>
      {(explanation) => <Explained explanation={explanation} />}
    </QueryStates>
  );
}

function Explained({ explanation: { flow, events, correlationId } }: { explanation: Explanation }) {
  const { t } = useTranslation();
  if (flow === null && events.length === 0)
    return <Alert color="gray">{t('traffic.unknownReference', { reference: correlationId })}</Alert>;
  return (
    <Stack gap="sm">
      {events.map((event) => (
        <Alert
          key={event.id}
          color="red"
          title={
            <>
              {eventWords(event.type, t)} · <RelativeTime at={event.at} />
            </>
          }
        >
          <Stack gap="xs">
            {event.check ? <CheckList checks={[event.check]} /> : <Text size="sm">{event.detail}</Text>}
            {event.remedy && <Remedy remedy={event.remedy} />}
          </Stack>
        </Alert>
      ))}
      {flow === null ? (
        <Text size="sm" c="dimmed">
          {t('traffic.notRecorded')}
        </Text>
      ) : (
        <TextLink to="/manage/traffic/$flowId" params={{ flowId: flow.id }} search={{ step: flow.stepId }}>
          {t('traffic.showFlow')}
        </TextLink>
      )}
    </Stack>
  );
}
