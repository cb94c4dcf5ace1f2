import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { ApprovalDecision, WaitingSignIn } from '@sallyport/contract';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { errorText } from '../../ui/states.js';
import { deviceText } from '../account/device.js';
import { decide } from './approval-data.js';
import classes from './approvals.module.css';

interface ApprovalQuestionProps {
  waiting: WaitingSignIn;
  /** The reader has begun to answer. */
  onBegin(): void;
  onDecided(outcome: 'approved' | 'denied'): void;
}

/** Where it comes from, and the number that only who sits there can read. A wrong one ends it. */
export function ApprovalQuestion({ waiting, onBegin, onDecided }: ApprovalQuestionProps) {
  const { t } = useTranslation();
  const [number, setNumber] = useState('');
  const [missed, setMissed] = useState(false);
  const deciding = useMutation({
    mutationFn: (decision: ApprovalDecision) => decide(waiting.id, decision),
    onSuccess: onDecided,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (/^\d{2}$/.test(number)) deciding.mutate({ decision: 'approve', number });
    else setMissed(true);
  };
  const isOver = deciding.error instanceof ApiError && deciding.error.status === 404;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{t('approvals.text')}</Text>
        <dl className={classes.facts}>
          <dt>{t('approvals.device')}</dt>
          <dd>{deviceText(waiting.userAgent, t)}</dd>
          <dt>{t('approvals.source')}</dt>
          <dd>{waiting.source}</dd>
          <dt>{t('approvals.began')}</dt>
          <dd>
            <RelativeTime at={waiting.startedAt} />
          </dd>
        </dl>
        <TextInput
          data-autofocus
          label={t('approvals.number')}
          description={t('approvals.numberHint')}
          inputMode="numeric"
          autoComplete="off"
          maxLength={2}
          value={number}
          classNames={{ input: classes.number }}
          error={missed && !/^\d{2}$/.test(number) ? t('approvals.twoDigits') : undefined}
          onChange={({ currentTarget }) => {
            onBegin();
            setNumber(currentTarget.value.replace(/\D/g, ''));
          }}
        />
        {waiting.code !== null && (
          <Text size="sm" c="dimmed">
            {t('approvals.orCode')} <code>{waiting.code}</code>
          </Text>
        )}
        {deciding.isError && (
          <Alert color="red" role="alert">
            {isOver ? t('approvals.over') : errorText(deciding.error, t)}
          </Alert>
        )}
        <Group justify="space-between">
          <Button
            type="button"
            onClick={() => {
              onBegin();
              deciding.mutate({ decision: 'deny' });
            }}
          >
            {t('approvals.deny')}
          </Button>
          <Button type="submit" variant="filled" loading={deciding.isPending}>
            {t('approvals.approve')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
