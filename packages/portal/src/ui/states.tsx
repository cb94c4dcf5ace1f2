/** What a page shows when there is nothing, not yet anything, or a fault in place of its content. */
import { Alert, Button, Code, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, Unreachable } from '../api.js';
import type { Translate } from '../i18n/i18n.js';
import { inWords } from '../i18n/in-words.js';
import classes from './states.module.css';

interface EmptyStateProps {
  title: string;
  /** What would stand here and what it is for. */
  text: string;
  /** The first step. */
  action?: ReactNode;
}

export function EmptyState({ title, text, action }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" className={classes.empty}>
      <Title order={2}>{title}</Title>
      <Text c="dimmed" ta="center" maw="32rem">
        {text}
      </Text>
      {action && <Group mt="sm">{action}</Group>}
    </Stack>
  );
}

/** An error whose message is in the reader's language already. */
export class Told extends Error {
  override readonly name = 'Told';
}

/** Whether somebody else changed the object since it was read. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

/** An error in the reader's language: what happened and what to do. */
export function errorText(error: unknown, t: Translate): string {
  if (error instanceof Unreachable) return t('errors.unreachable');
  if (error instanceof Told) return error.message;
  if (!(error instanceof ApiError)) return t('errors.unexpected');
  if (error.status === 401) return t('errors.signedOut');
  if (error.status === 403) return t('errors.forbidden', { detail: inWords(error.message) });
  if (error.status === 404) return t('errors.notFound');
  if (isConflict(error)) return t('errors.conflict');
  return refusalText(error);
}

/** The faults of all fields, or what was refused as a whole. */
function refusalText({ fieldErrors, message }: ApiError): string {
  const faults = Object.entries(fieldErrors);
  if (faults.length === 0) return inWords(message);
  // The name of one field goes without saying; a path tells which of many.
  return faults.map(([field, fault]) => (field.includes('.') ? `${field}: ${fault}` : fault)).join(' ');
}

/** A fault in place of the content, with the way to try again. */
export function ErrorState({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  // What is not there has no detail, and will not come by asking again.
  if (error instanceof ApiError && error.status === 404)
    return <EmptyState title={t('notFound.title')} text={t('errors.notFound')} />;
  // The button goes with the fault.
  const tryAgain = ({ currentTarget }: MouseEvent) => {
    currentTarget.closest<HTMLElement>('[role="dialog"], main')?.focus({ preventScroll: true });
    retry?.();
  };
  const correlationId = error instanceof ApiError ? error.problem.correlationId : undefined;
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} title={t('errors.couldNotShow')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{errorText(error, t)}</Text>
        {correlationId && (
          <Text size="sm">
            {t('errors.correlation')} <Code>{correlationId}</Code>
          </Text>
        )}
        {retry && <Button onClick={tryAgain}>{t('common.tryAgain')}</Button>}
      </Stack>
    </Alert>
  );
}

/** Holds the room of a page that is on its way. */
export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <Stack aria-busy="true" role="status" aria-label={t('common.loading')}>
      <Skeleton h={32} w="14rem" />
      <Skeleton h={20} w="min(28rem, 100%)" />
      <Skeleton h={240} mt="md" />
    </Stack>
  );
}
