/** One app being edited: what was read, what was changed, and what became of saving. */
import type { App } from '@sallyport/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, type Versioned } from '../../api.js';
import { notifyDone } from '../../ui/notify.js';
import { errorText, isConflict } from '../../ui/states.js';
import { appQuery, changedFields, cleaned, inputOf, overlay, readApp, saveApp } from './app-data.js';
import { type Category, useAppForm, validateApp } from './app-form.js';

export type AppEditing = ReturnType<typeof useAppEditing>;

export function useAppEditing(read: Versioned<App>) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [base, setBase] = useState(read);
  const [theirs, setTheirs] = useState<Versioned<App> | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const form = useAppForm({ initialValues: inputOf(read.value) });
  const { applicationId } = base.value;
  const changed = changedFields(inputOf(base.value), form.values);
  const saving = useMutation({ mutationFn: saveApp });
  const isUnderWay = useRef(false);

  const open = (category: Category, id = applicationId) =>
    navigate({
      to: '/manage/apps/$applicationId/{-$category}',
      params: { applicationId: id, category },
      ignoreBlocker: true,
      // Under its former name there is nothing to go back to.
      replace: id !== applicationId,
    });

  const refuse = (faults: Record<string, string>, general: string | null) => {
    form.setErrors(faults);
    setFailure(general);
    setAttempt((count) => count + 1);
  };

  /** Saves everything; true when the server has it. What is typed meanwhile stays, not saved yet. */
  async function save(category: Category): Promise<boolean> {
    // By keys it may be asked for again before the button has turned.
    if (isUnderWay.current) return false;
    isUnderWay.current = true;
    try {
      return await send(category);
    } finally {
      isUnderWay.current = false;
    }
  }

  async function send(category: Category): Promise<boolean> {
    const input = cleaned(form.getValues());
    form.setValues(input);
    setFailure(null);
    const faults = validateApp(input);
    if (Object.keys(faults).length > 0) {
      refuse(faults, null);
      return false;
    }
    form.clearErrors();
    try {
      const saved = await saving.mutateAsync({ applicationId, input, etag: base.etag });
      setBase(saved);
      const now = form.getValues();
      form.setValues(overlay(inputOf(saved.value), now, changedFields(input, now)));
      queries.setQueryData(appQuery(saved.value.applicationId).queryKey, saved);
      void queries.invalidateQueries({ queryKey: ['changes'] });
      void queries.invalidateQueries({ queryKey: ['apps', 'list'] });
      notifyDone(t('apps.saved', { name: saved.value.name }));
      if (saved.value.applicationId !== applicationId) await open(category, saved.value.applicationId);
      return true;
    } catch (error) {
      await explain(error);
      return false;
    }
  }

  async function explain(error: unknown): Promise<void> {
    if (!(error instanceof ApiError)) return refuse({}, errorText(error, t));
    if (isConflict(error)) return setTheirs(await readApp(applicationId));
    const faults = error.fieldErrors;
    refuse(faults, Object.keys(faults).length > 0 ? null : errorText(error, t));
  }

  /** Takes up what the server has now, under the changes that are not saved yet. */
  async function takeUp(now: Versioned<App>): Promise<void> {
    setBase(now);
    form.setValues(overlay(inputOf(now.value), form.getValues(), changed));
    queries.setQueryData(appQuery(now.value.applicationId).queryKey, now);
    if (now.value.applicationId !== applicationId) await open('changelog', now.value.applicationId);
    void queries.invalidateQueries({ queryKey: ['changes'] });
    void queries.invalidateQueries({ queryKey: ['apps', 'list'] });
  }

  /** Ends a conflict: with what the other saved, or with one's own changes on top of it, not saved yet. */
  function settle(keepMine: boolean): void {
    if (!theirs) return;
    const input = inputOf(theirs.value);
    setBase(theirs);
    form.setValues(keepMine ? overlay(input, form.values, changed) : input);
    setTheirs(null);
  }

  return {
    app: base.value,
    etag: base.etag,
    form,
    changed,
    failure,
    attempt,
    theirs,
    isSaving: saving.isPending,
    open,
    save,
    takeUp,
    settle,
  };
}
