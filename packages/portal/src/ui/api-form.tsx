import { Anchor, Box, Button, Group, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api.js';
import { ErrorSummary, focusField } from './error-summary.js';
import { errorText, isConflict } from './states.js';

interface ApiFormProps<Values extends Record<string, unknown>, Result> {
  form: UseFormReturnType<Values>;
  send(values: Values): Promise<Result>;
  /** `sent` is what was saved; the form may hold more by now. */
  onDone(result: Result, sent: Values): void;
  /** Words on screen by field; a fault of another field is named by its path. */
  labels: Partial<Record<string, string>>;
  /** The verb on the button. */
  action: string;
  /** Whether sending takes something away. */
  danger?: boolean;
  /** The button is gone when the reader may not. */
  mayWrite?: boolean;
  /** Gives up; beside the button. */
  onCancel?(): void;
  /** The word for giving up, where *Cancel* would mislead. */
  cancel?: string;
  /** As wide as the page, for what is no column of fields. */
  wide?: boolean;
  /** Takes up what somebody else saved meanwhile, in place of what was typed. */
  reread?(): void;
  children: ReactNode;
}

/** A form sent to the API: faults stand at their fields and in a summary, and what was typed is kept. */
export function ApiForm<Values extends Record<string, unknown>, Result>(props: ApiFormProps<Values, Result>) {
  const {
    form,
    send,
    onDone,
    labels,
    action,
    mayWrite = true,
    danger = false,
    onCancel,
    cancel,
    wide = false,
    reread,
    children,
  } = props;
  const { t } = useTranslation();
  const place = useRef<HTMLFormElement>(null);
  useFirstField(place);
  const [attempt, setAttempt] = useState(0);
  const refused = () => setAttempt((count) => count + 1);
  const sending = useMutation({
    mutationFn: send,
    onSuccess: onDone,
    onError: (error) => {
      if (error instanceof ApiError) form.setErrors(error.fieldErrors);
      refused();
    },
  });
  const general = generalFault(sending.error) && (
    <Text size="sm">
      {errorText(sending.error, t)}{' '}
      {isConflict(sending.error) && reread && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          onClick={() => {
            sending.reset();
            reread();
          }}
        >
          {t('common.readAgain')}
        </Anchor>
      )}
    </Text>
  );
  const submit = form.onSubmit((values) => sending.mutate(values), refused);
  return (
    <Box
      component="form"
      maw={wide ? undefined : '36rem'}
      ref={place}
      noValidate
      onSubmit={(event) => {
        // In a dialog over another form, that one must not be sent too.
        event.stopPropagation();
        submit(event);
      }}
    >
      <ErrorSummary
        errors={form.errors}
        general={general}
        labelOf={(field) => labels[field] ?? field}
        focus={(field) => focusField(place.current, field)}
        attempt={attempt}
      />
      <Stack gap="md">
        {children}
        {mayWrite && (
          <Group gap="sm">
            <Button
              type="submit"
              variant="filled"
              color={danger ? 'red' : undefined}
              loading={sending.isPending}
            >
              {action}
            </Button>
            {onCancel && <Button onClick={onCancel}>{cancel ?? t('common.cancel')}</Button>}
          </Group>
        )}
      </Stack>
    </Box>
  );
}

/** In a dialog that was there before the form, its first field has the focus, not the button that dismisses both. */
function useFirstField(place: RefObject<HTMLFormElement | null>): void {
  useEffect(() => {
    if (!place.current?.closest('[role="dialog"]')) return;
    place.current.querySelector<HTMLElement>('[data-autofocus]')?.focus({ preventScroll: true });
  }, [place]);
}

/** Whether the fault belongs to no field. */
function generalFault(error: Error | null): boolean {
  if (error === null) return false;
  return !(error instanceof ApiError) || Object.keys(error.fieldErrors).length === 0;
}
