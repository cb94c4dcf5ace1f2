import { Alert, Anchor, List } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

interface ErrorSummaryProps {
  /** Faults by field path, as a form keeps them. */
  errors: Record<string, ReactNode>;
  /** A field's words on screen. */
  labelOf(field: string): string;
  /** Brings a field into view and focuses it. */
  focus(field: string): void;
  /** A fault of the whole form. */
  general?: ReactNode;
  /** Changes with each refused attempt, so that the first faulty field takes the focus again. */
  attempt: number;
}

/** Every fault at the top of a form, each a link to its field; after a refused attempt the first has the focus. */
export function ErrorSummary({ errors, labelOf, focus, general, attempt }: ErrorSummaryProps) {
  const { t } = useTranslation();
  const faults = Object.entries(errors).filter(([, message]) => Boolean(message));
  const focusFirst = useRef(() => {});
  focusFirst.current = () => {
    if (faults[0]) focus(faults[0][0]);
  };
  useEffect(() => {
    if (attempt > 0) focusFirst.current();
  }, [attempt]);
  if (faults.length === 0 && !general) return null;
  return (
    <Alert color="red" role="alert" title={t('errors.notSaved')} mb="md">
      {general}
      <List size="sm">
        {faults.map(([field, message]) => (
          <List.Item key={field}>
            <Anchor
              component="button"
              type="button"
              size="sm"
              ta="left"
              c="inherit"
              onClick={() => focus(field)}
            >
              {labelOf(field)}
            </Anchor>
            : {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** Focuses the control of `field` within `form`: the one whose `data-path` is the path or the start of it. */
export function focusField(form: HTMLElement | null, field: string): void {
  const steps = field.split('.');
  for (let length = steps.length; length > 0; length--) {
    const path = CSS.escape(steps.slice(0, length).join('.'));
    const control = form?.querySelector<HTMLElement>(`[data-path="${path}"]`);
    if (!control) continue;
    control.focus();
    return;
  }
}
