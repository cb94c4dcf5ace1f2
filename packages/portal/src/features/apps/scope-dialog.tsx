/** Defines one scope: its name, and the endpoints that its patterns open, live. */

import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { BUILT_IN_SCOPES, ScopeDefinition } from '@sallyport/contract';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inWords } from '../../i18n/in-words.js';
import { focusField } from '../../ui/error-summary.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { putList, withoutEmptyLines } from '../../ui/lines.js';
import { LinesInput } from '../../ui/lines-input.js';
import { schemaFaults } from '../../ui/schema-faults.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { testPatterns } from './app-data.js';
import { PatternPreview } from './pattern-preview.js';
import classes from './scope.module.css';

interface ScopeDialogProps {
  initial: ScopeDefinition;
  /** Names that are taken. */
  others: readonly string[];
  /** Whether the scope is about this server's API, and its patterns therefore open something. */
  isOwnApi: boolean;
  onSave(definition: ScopeDefinition): void;
  onClose(): void;
}

export function ScopeDialog({ initial, others, isOwnApi, onSave, onClose }: ScopeDialogProps) {
  const { t } = useTranslation();
  const place = useRef<HTMLFormElement>(null);
  const [checking, setChecking] = useState(false);
  const form = useForm<ScopeDefinition>({ initialValues: initial });
  const title = initial.name ? t('apps.scope.title', { name: initial.name }) : t('apps.scope.titleNew');

  /** Faults by path: of the contract, of names, and of patterns that the server would refuse. */
  async function faultsOf(definition: ScopeDefinition): Promise<Record<string, string>> {
    const faults = schemaFaults(ScopeDefinition)(definition);
    const { name, restRegex } = definition;
    if (name === '') faults.name = t('apps.scope.nameMissing');
    if (others.includes(name) || BUILT_IN_SCOPES.some((scope) => scope === name))
      faults.name = t('apps.scope.nameTaken', { name });
    // Unreachable here: the refusal then comes with the app's own Save.
    const test = restRegex.length > 0 ? await testPatterns(restRegex).catch(() => null) : null;
    for (const { pattern, fault } of test?.faults ?? [])
      faults[`restRegex.${restRegex.indexOf(pattern)}`] = inWords(fault);
    return faults;
  }

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { name, restRegex } = form.values;
    const definition = { ...form.values, name: name.trim(), restRegex: withoutEmptyLines(restRegex) };
    form.setValues(definition);
    setChecking(true);
    const faults = await faultsOf(definition);
    // Cancelled meanwhile.
    if (!place.current) return;
    setChecking(false);
    form.setErrors(faults);
    const [first] = Object.keys(faults);
    if (first === undefined) onSave(definition);
    else focusField(place.current, first);
  };

  return (
    <FormDialog onClose={onClose} title={title} size="64rem">
      <UnsavedGuard dirty={form.isDirty()} />
      <form ref={place} noValidate onSubmit={(event) => void submit(event)}>
        <div className={classes.dialog}>
          <Stack>
            <TextInput
              label={t('apps.scope.name')}
              description={t('apps.scope.nameHelp')}
              required
              data-autofocus
              spellCheck={false}
              autoCapitalize="off"
              {...form.getInputProps('name')}
            />
            <TextInput
              label={t('apps.scope.description')}
              description={t('apps.scope.descriptionHelp')}
              {...form.getInputProps('description')}
            />
            <LinesInput
              label={t('apps.scope.restRegex')}
              description={t(isOwnApi ? 'apps.scope.restRegexHelp' : 'apps.scope.restRegexServer')}
              path="restRegex"
              placeholder="security/whoami"
              value={form.values.restRegex}
              onChange={(lines) => putList(form, 'restRegex', lines)}
              errors={form.errors}
            />
            <Checkbox
              label={t('apps.scope.default')}
              description={t('apps.scope.defaultHelp')}
              {...form.getInputProps('default', { type: 'checkbox' })}
            />
          </Stack>
          {isOwnApi && <PatternPreview patterns={form.values.restRegex} />}
        </div>
        <Group justify="flex-end" mt="lg">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="filled" loading={checking}>
            {t('common.save')}
          </Button>
        </Group>
      </form>
    </FormDialog>
  );
}
