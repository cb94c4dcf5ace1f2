import { Checkbox, Stack } from '@mantine/core';
import type { Authentication, AuthenticationSettings } from '@sallyport/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Versioned } from '../../api.js';
import { ApiForm } from '../../ui/api-form.js';
import { notifyDone } from '../../ui/notify.js';
import { Told } from '../../ui/states.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { useEdited } from '../../ui/use-edited.js';
import { useMe, useRight } from '../session/session.js';
import { Forecast } from './forecast.js';
import { authenticationQuery, forecast, mechanismsQuery, saveAuthentication } from './policy-data.js';
import { Profiles } from './profiles.js';
import { Rules } from './rules.js';

/** Profiles and rules as one document: tried out before it is saved, saved as a whole. */
export function PoliciesEditor({ read }: { read: Versioned<Authentication> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useRight('System Administrator');
  const { user } = useMe();
  const { data: states = [] } = useQuery(mechanismsQuery);
  const [lockout, setLockout] = useState<'none' | 'found' | 'accepted'>('none');
  const { form, base, take, takeSaved } = useEdited<Authentication, AuthenticationSettings>({
    read,
    valuesOf: ({ profiles, rules }) => ({ profiles, rules }),
  });
  const settings = form.values;
  const known = new Map(states.map((state) => [state.name, state]));

  /** Whoever saves must be able to come back, or say that they know. */
  async function send(wanted: AuthenticationSettings): Promise<Versioned<Authentication>> {
    if (lockout !== 'accepted') {
      // What the server finds wrong with the settings it says again, at its field, when they are saved.
      const mine = await forecast({
        ...{ user: user.id, app: null, settings: wanted },
        device: 'unknown',
      }).catch(() => null);
      if (mine && !mine.canSignIn) {
        setLockout('found');
        throw new Told(t('policies.locksYouOut'));
      }
    }
    return saveAuthentication(wanted, base.etag);
  }

  return (
    <Stack gap="xl">
      <ApiForm
        wide
        form={form}
        labels={labelsOf(settings, t('policies.profile'), t('policies.rule'))}
        action={t('common.save')}
        mayWrite={mayWrite}
        send={send}
        reread={() => void queries.fetchQuery({ ...authenticationQuery, staleTime: 0 }).then(take)}
        onDone={(saved, sent) => {
          takeSaved(saved, sent);
          setLockout('none');
          queries.setQueryData(authenticationQuery.queryKey, saved);
          for (const key of ['tenant', 'changes', 'users', 'me'])
            void queries.invalidateQueries({ queryKey: [key] });
          notifyDone(t('policies.saved'));
        }}
      >
        <Profiles
          settings={settings}
          states={known}
          mayWrite={mayWrite}
          errors={form.errors}
          onChange={(next) => form.setValues(next)}
        />
        <Rules
          settings={settings}
          states={known}
          mayWrite={mayWrite}
          errors={form.errors}
          onChange={(rules) => form.setFieldValue('rules', rules)}
        />
        {lockout !== 'none' && (
          <Checkbox
            label={t('policies.acceptLockout')}
            checked={lockout === 'accepted'}
            onChange={({ currentTarget }) => setLockout(currentTarget.checked ? 'accepted' : 'found')}
          />
        )}
        <UnsavedGuard dirty={form.isDirty()} />
      </ApiForm>
      <Forecast settings={settings} isDraft={form.isDirty()} />
    </Stack>
  );
}

/** Faults are told by the number that stands on screen. */
function labelsOf({ profiles, rules }: AuthenticationSettings, profile: string, rule: string) {
  const labels: Record<string, string> = {};
  for (const [i, { name, challenges }] of profiles.entries()) {
    for (const field of ['name', 'challenges', ...challenges.map((_, j) => `challenges.${j}`)])
      labels[`profiles.${i}.${field}`] = `${profile} ${name}`;
  }
  for (const [i, { roles, apps, networks }] of rules.entries()) {
    const lists = { roles, apps, networks };
    const items = Object.entries(lists).flatMap(([list, all]) => all.map((_, j) => `${list}.${j}`));
    for (const field of ['profile', ...items]) labels[`rules.${i}.${field}`] = `${rule} ${i + 1}`;
  }
  return labels;
}
