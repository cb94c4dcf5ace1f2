import { type FormValidateInput, useForm } from '@mantine/form';
import { useEffect, useRef, useState } from 'react';
import type { Versioned } from '../api.js';

interface EditedOptions<T, Values> {
  /** The object as last read. */
  read: Versioned<T>;
  valuesOf(object: T): Values;
  validate?: FormValidateInput<Values>;
}

/**
 * A form over an object that others may change too. It takes a newer state up by itself only while nothing is typed;
 * otherwise saving meets the conflict, and `take` ends it.
 */
export function useEdited<T, Values extends Record<string, unknown>>({
  read,
  valuesOf,
  validate = {},
}: EditedOptions<T, Values>) {
  const [base, setBase] = useState(read);
  const form = useForm<Values>({ initialValues: valuesOf(read.value), validate });
  const take = (next: Versioned<T>) => {
    const values = valuesOf(next.value);
    setBase(next);
    form.setInitialValues(values);
    form.setValues(values);
    form.clearErrors();
  };
  /** After `sent` was saved: what was typed since stays, not saved yet. */
  const takeSaved = (next: Versioned<T>, sent: Values) => {
    const since = Object.entries(form.getValues()).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(sent[field]),
    );
    take(next);
    form.setValues((values) => ({ ...values, ...Object.fromEntries(since) }));
  };
  const follow = useRef(() => {});
  follow.current = () => {
    if (read.etag !== base.etag && !form.isDirty()) take(read);
  };
  useEffect(() => {
    if (read.etag) follow.current();
  }, [read.etag]);
  return { form, base, take, takeSaved };
}
