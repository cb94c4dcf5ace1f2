import { Alert, Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { App, AuthenticationRule, RoleSummary } from '@sallyport/contract';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.js';
import type { Translate } from '../../i18n/i18n.js';
import { ApiForm } from '../../ui/api-form.js';
import type { ListQuery } from '../../ui/data-list.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { putList, withoutEmptyLines } from '../../ui/lines.js';
import { LinesInput } from '../../ui/lines-input.js';
import { SearchPicker } from '../../ui/search-picker.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { ruleText } from './policy-words.js';

const DEVICES = AuthenticationRule.shape.device.unwrap().options;

interface RuleDialogProps {
  initial: AuthenticationRule;
  /** Its place, from 1; null for a new one. */
  number: number | null;
  /** Names of the profiles there are. */
  profiles: readonly string[];
  onSave(rule: AuthenticationRule): void;
  onClose(): void;
}

/** A rule: whom it fits, where, from which networks, and the profile that it chooses. */
export function RuleDialog({ initial, number, profiles, onSave, onClose }: RuleDialogProps) {
  const { t, i18n } = useTranslation();
  const form = useForm<AuthenticationRule>({
    initialValues: initial,
    validate: (rule) => faultsOf(rule, t),
  });
  const rule = { ...form.values, networks: withoutEmptyLines(form.values.networks) };
  const labels: Record<string, string> = { profile: t('policies.profile') };
  for (const i of form.values.networks.keys()) labels[`networks.${i}`] = t('policies.networks');
  const known = profiles.includes(initial.profile) ? profiles : [initial.profile, ...profiles];
  return (
    <FormDialog
      onClose={onClose}
      size="lg"
      title={number === null ? t('policies.newRule') : t('policies.editRule', { number })}
    >
      <ApiForm
        wide
        form={form}
        labels={labels}
        action={t('policies.take')}
        onCancel={onClose}
        send={async (values) => ({ ...values, networks: withoutEmptyLines(values.networks) })}
        onDone={onSave}
      >
        <UnsavedGuard dirty={form.isDirty()} />
        <Text size="sm">{t('policies.ruleText')}</Text>
        <Chosen
          label={t('policies.roles')}
          empty={t('policies.everybody')}
          names={form.values.roles}
          onChange={(roles) => form.setFieldValue('roles', roles)}
        >
          <SearchPicker
            label={t('policies.addRole')}
            placeholder={t('policies.addRoleHint')}
            queryKey={['roles']}
            load={loadRoles}
            choiceOf={({ name }) => ({ value: name, label: name })}
            isTaken={({ name }) => form.values.roles.includes(name)}
            onPick={(name) => form.setFieldValue('roles', [...form.values.roles, name])}
          />
        </Chosen>
        <Chosen
          label={t('policies.apps')}
          empty={t('policies.everywhere')}
          names={form.values.apps}
          onChange={(apps) => form.setFieldValue('apps', apps)}
        >
          <SearchPicker
            label={t('policies.addApp')}
            placeholder={t('policies.addAppHint')}
            queryKey={['apps']}
            load={loadApps}
            choiceOf={({ applicationId, name }) => ({
              value: applicationId,
              label: `${name} · ${applicationId}`,
            })}
            isTaken={({ applicationId }) => form.values.apps.includes(applicationId)}
            onPick={(id) => form.setFieldValue('apps', [...form.values.apps, id])}
          />
        </Chosen>
        <LinesInput
          label={t('policies.networks')}
          description={t('policies.networksHint')}
          path="networks"
          placeholder="10.0.0.0/8"
          value={form.values.networks}
          errors={form.errors}
          addLabel={t('policies.addNetwork')}
          onChange={(networks) => putList(form, 'networks', networks)}
        />
        <NativeSelect
          label={t('policies.device')}
          description={t('policies.deviceHint')}
          data={DEVICES.map((value) => ({ value, label: t(`policies.devices.${value}`) }))}
          {...form.getInputProps('device')}
        />
        <NativeSelect
          label={t('policies.profile')}
          description={t('policies.profileHint')}
          data={[...known]}
          {...form.getInputProps('profile')}
        />
        <Alert color="gray" title={t('policies.inWords')}>
          <Text size="sm">{ruleText(rule, { t, language: i18n.language })}</Text>
          <Text size="sm">{t('policies.meets', { profile: rule.profile })}</Text>
        </Alert>
      </ApiForm>
    </FormDialog>
  );
}

const loadRoles = (query: ListQuery) => api.page('/roles', RoleSummary, { ...query });
export const loadApps = (query: ListQuery) => api.page('/apps', App, { ...query });

interface ChosenProps {
  label: string;
  /** What an empty list means. */
  empty: string;
  names: readonly string[];
  onChange(names: string[]): void;
  /** Adds one. */
  children: ReactNode;
}

function Chosen({ label, empty, names, onChange, children }: ChosenProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <Stack gap="xs" role="group" aria-labelledby={id}>
      <Text size="sm" fw={600} id={id}>
        {label}
      </Text>
      {names.length === 0 ? (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      ) : (
        <Group gap="xs">
          {names.map((name) => (
            <Button
              key={name}
              size="compact-sm"
              aria-label={t('common.removeWhat', { what: name })}
              rightSection={<span aria-hidden>×</span>}
              onClick={() => onChange(names.filter((other) => other !== name))}
            >
              {name}
            </Button>
          ))}
        </Group>
      )}
      {children}
    </Stack>
  );
}

function faultsOf({ networks }: AuthenticationRule, t: Translate): Record<string, string> {
  const faults: Record<string, string> = {};
  const { element } = AuthenticationRule.shape.networks.unwrap();
  for (const [i, network] of networks.entries())
    if (network.trim() !== '' && !element.safeParse(network.trim()).success)
      faults[`networks.${i}`] = t('policies.fault.network');
  return faults;
}
