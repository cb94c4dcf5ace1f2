import { Switch, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { AppEndpoints } from './app-endpoints.js';
import { useAppFormContext } from './app-form.js';
import type { PanelProps } from './category-panel.js';
import { DeleteApp } from './delete-app.js';
import { LogoField } from './logo-field.js';

export function Settings({ app, editing }: PanelProps) {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const renames = form.values.applicationId !== app.applicationId;
  return (
    <>
      <TextInput
        label={t('apps.field.applicationId')}
        description={renames ? t('apps.help.applicationIdRename') : t('apps.help.applicationId')}
        maw="28rem"
        required
        spellCheck={false}
        autoCapitalize="off"
        {...form.getInputProps('applicationId')}
      />
      <TextInput
        label={t('apps.field.name')}
        description={t('apps.help.name')}
        maw="28rem"
        required
        {...form.getInputProps('name')}
      />
      <Textarea
        label={t('apps.field.description')}
        description={t('apps.help.description')}
        maw="40rem"
        autosize
        minRows={2}
        {...form.getInputProps('description')}
      />
      <TextInput
        label={t('apps.field.category')}
        description={t('apps.help.category')}
        maw="28rem"
        required
        {...form.getInputProps('category')}
      />
      <LogoField app={app} editing={editing} />
      <Switch
        label={t('apps.field.enabled')}
        description={t('apps.help.enabled')}
        {...form.getInputProps('enabled', { type: 'checkbox' })}
      />
      <AppEndpoints app={app} />
      <DeleteApp app={app} editing={editing} />
    </>
  );
}
