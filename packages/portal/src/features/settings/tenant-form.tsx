import { Fieldset, Stack, TextInput } from '@mantine/core';
import { LoginSuffix, SessionSettings, type Tenant } from '@sallyport/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Versioned } from '../../api.js';
import type { Translate } from '../../i18n/i18n.js';
import { ApiForm } from '../../ui/api-form.js';
import { LifetimeInput } from '../../ui/lifetime-input.js';
import { putList, withoutEmptyLines } from '../../ui/lines.js';
import { LinesInput } from '../../ui/lines-input.js';
import { notifyDone } from '../../ui/notify.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { useEdited } from '../../ui/use-edited.js';
import { useRight } from '../session/session.js';
import { PASSWORDS_AT_FIRST, PasswordFields, passwordFaults, type TenantValues } from './password-fields.js';
import { saveTenant, tenantQuery } from './settings-data.js';

/** Name, login suffixes and session lifetimes. */
export function TenantForm({ read }: { read: Versioned<Tenant> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useRight('System Administrator');
  const { form, base, take, takeSaved } = useEdited<Tenant, TenantValues>({
    read,
    valuesOf: ({ name, loginSuffixes, sessions, passwords }) => ({
      name,
      loginSuffixes,
      sessions,
      passwords: { ...PASSWORDS_AT_FIRST, ...passwords },
    }),
    validate: (values) => faultsOf(values, t),
  });
  const labels = {
    name: t('settings.name'),
    loginSuffixes: t('settings.suffixes'),
    'sessions.idle': t('settings.idle'),
    'sessions.absolute': t('settings.absolute'),
    'passwords.expireAfter': t('settings.expireAfter'),
    'passwords.remembered': t('settings.remembered'),
  };
  return (
    <ApiForm
      form={form}
      labels={labels}
      action={t('common.save')}
      mayWrite={mayWrite}
      send={(values) =>
        saveTenant({ ...values, loginSuffixes: withoutEmptyLines(values.loginSuffixes) }, base.etag)
      }
      reread={() => void queries.fetchQuery({ ...tenantQuery, staleTime: 0 }).then(take)}
      onDone={(saved, sent) => {
        takeSaved(saved, sent);
        queries.setQueryData(tenantQuery.queryKey, saved);
        for (const key of ['me', 'changes']) void queries.invalidateQueries({ queryKey: [key] });
        notifyDone(t('settings.saved'));
      }}
    >
      <Fieldset variant="unstyled" disabled={!mayWrite}>
        <Stack gap="md">
          <TextInput
            required
            label={labels.name}
            description={t('settings.nameHint')}
            {...form.getInputProps('name')}
          />
          <LinesInput
            label={labels.loginSuffixes}
            description={t('settings.suffixesHint')}
            path="loginSuffixes"
            value={form.values.loginSuffixes}
            errors={form.errors}
            addLabel={t('settings.addSuffix')}
            onChange={(lines) => putList(form, 'loginSuffixes', lines)}
          />
          <LifetimeInput
            label={labels['sessions.idle']}
            description={t('settings.idleHint')}
            value={form.values.sessions.idle}
            error={form.errors['sessions.idle']}
            data-path="sessions.idle"
            onChange={(lifetime) => form.setFieldValue('sessions.idle', lifetime)}
          />
          <LifetimeInput
            label={labels['sessions.absolute']}
            description={t('settings.absoluteHint')}
            value={form.values.sessions.absolute}
            error={form.errors['sessions.absolute']}
            data-path="sessions.absolute"
            onChange={(lifetime) => form.setFieldValue('sessions.absolute', lifetime)}
          />
          <PasswordFields form={form} />
        </Stack>
      </Fieldset>
      <UnsavedGuard dirty={form.isDirty()} />
    </ApiForm>
  );
}

function faultsOf(
  { name, loginSuffixes, sessions, passwords }: TenantValues,
  t: Translate,
): Record<string, string> {
  const faults: Record<string, string> = { ...passwordFaults(passwords, t) };
  if (name.trim() === '') faults.name = t('settings.fault.name');
  if (withoutEmptyLines(loginSuffixes).length === 0) faults.loginSuffixes = t('settings.fault.noSuffix');
  for (const [index, suffix] of loginSuffixes.entries())
    if (suffix.trim() !== '' && !LoginSuffix.safeParse(suffix.trim()).success)
      faults[`loginSuffixes.${index}`] = t('settings.fault.suffix');
  for (const field of ['idle', 'absolute'] as const)
    if (!SessionSettings.shape[field].safeParse(sessions[field]).success)
      faults[`sessions.${field}`] = t('settings.fault.lifetime');
  return faults;
}
