import { Alert, Anchor, Checkbox, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { putList } from '../../ui/lines.js';
import { LinesInput } from '../../ui/lines-input.js';
import { useRight } from '../session/session.js';
import { defaultIssuer } from './addresses.js';
import { useAppFormContext } from './app-form.js';
import type { PanelProps } from './category-panel.js';
import { CreateClient } from './create-client.js';

const CLIENT_ID_TYPES = ['anything', 'list', 'confidential'] as const;

export function GeneralUsage({ app, editing }: PanelProps) {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const { generalUsage } = form.values;
  return (
    <>
      <Radio.Group
        label={t('apps.field.clientIdType')}
        description={t('apps.help.clientIdType')}
        {...form.getInputProps('generalUsage.clientIdType')}
      >
        <Stack gap="xs" mt="xs">
          {CLIENT_ID_TYPES.map((type) => (
            <Radio
              key={type}
              value={type}
              label={t(`apps.clientIdType.${type}`)}
              description={t(`apps.help.clientIdTypes.${type}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {generalUsage.clientIdType === 'list' && (
        <LinesInput
          label={t('apps.field.allowedClients')}
          description={t('apps.help.allowedClients')}
          path="generalUsage.allowedClients"
          addLabel={t('apps.addClient')}
          value={generalUsage.allowedClients}
          onChange={(lines) => putList(form, 'generalUsage.allowedClients', lines)}
          errors={form.errors}
        />
      )}
      {generalUsage.clientIdType === 'confidential' && <Confidential app={app} editing={editing} />}
      <IssuerInput app={app} editing={editing} />
      {form.values.template === 'OAuth2Server' && <AudienceInput app={app} editing={editing} />}
      <LinesInput
        label={t('apps.field.redirects')}
        description={t('apps.help.redirects')}
        path="generalUsage.redirects"
        placeholder={`${window.location.origin}/sysinfo/dummy`}
        value={generalUsage.redirects}
        onChange={(lines) => putList(form, 'generalUsage.redirects', lines)}
        errors={form.errors}
      />
      <LinesInput
        label={t('apps.field.postLogoutRedirects')}
        description={t('apps.help.postLogoutRedirects')}
        path="generalUsage.postLogoutRedirects"
        addLabel={t('apps.addAddress')}
        value={generalUsage.postLogoutRedirects}
        onChange={(lines) => putList(form, 'generalUsage.postLogoutRedirects', lines)}
        errors={form.errors}
      />
      <NativeSelect
        label={t('apps.field.subjectType')}
        description={t('apps.help.subjectType')}
        maw="28rem"
        data={(['public', 'pairwise'] as const).map((value) => ({
          value,
          label: t(`apps.subjectType.${value}`),
        }))}
        {...form.getInputProps('generalUsage.subjectType')}
      />
      {(['frontchannelLogoutUri', 'backchannelLogoutUri'] as const).map((name) => (
        <TextInput
          key={name}
          label={t(`apps.field.${name}`)}
          description={t(`apps.help.${name}`)}
          maw="40rem"
          spellCheck={false}
          {...form.getInputProps(`generalUsage.${name}`)}
          value={generalUsage[name] ?? ''}
          onChange={({ currentTarget: { value } }) =>
            form.setFieldValue(`generalUsage.${name}`, value === '' ? null : value)
          }
        />
      ))}
      <Checkbox
        label={t('apps.field.requirePar')}
        description={t('apps.help.requirePar')}
        {...form.getInputProps('generalUsage.requirePar', { type: 'checkbox' })}
      />
      <Checkbox
        label={t('apps.field.admitOldClients')}
        description={t('apps.help.admitOldClients')}
        {...form.getInputProps('generalUsage.admitOldClients', { type: 'checkbox' })}
      />
      {generalUsage.admitOldClients && <Alert color="yellow">{t('apps.help.admitOldClientsCost')}</Alert>}
    </>
  );
}

function Confidential(props: PanelProps) {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const mayCreate = useRight('User Management');
  return (
    <Stack gap="sm">
      <Checkbox
        label={t('apps.field.mustBeOAuthClient')}
        description={t('apps.help.mustBeOAuthClient')}
        {...form.getInputProps('generalUsage.mustBeOAuthClient', { type: 'checkbox' })}
      />
      {mayCreate && (
        <Text size="sm" component="div">
          {t('apps.needClient')} <CreateClient {...props} />
        </Text>
      )}
    </Stack>
  );
}

/** What the tokens name as the API they are for; empty stands for the issuer. */
function AudienceInput({ app }: PanelProps) {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const { audience, issuer } = form.values.generalUsage;
  return (
    <TextInput
      label={t('apps.field.audience')}
      description={t('apps.help.audience')}
      maw="40rem"
      spellCheck={false}
      autoCapitalize="off"
      {...form.getInputProps('generalUsage.audience')}
      placeholder={issuer === 'default' ? defaultIssuer(app.applicationId) : issuer}
      value={audience ?? ''}
      onChange={({ currentTarget: { value } }) =>
        form.setFieldValue('generalUsage.audience', value === '' ? null : value)
      }
    />
  );
}

/** Shows the default issuer as the address it stands for; any other text is an issuer of the app's own. */
function IssuerInput({ app }: PanelProps) {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const { issuer } = form.values.generalUsage;
  const standard = defaultIssuer(app.applicationId);
  return (
    <TextInput
      label={t('apps.field.issuer')}
      description={issuer === 'default' ? t('apps.help.issuerDefault') : t('apps.help.issuer')}
      maw="40rem"
      spellCheck={false}
      {...form.getInputProps('generalUsage.issuer')}
      value={issuer === 'default' ? standard : issuer}
      onChange={({ currentTarget: { value } }) =>
        form.setFieldValue('generalUsage.issuer', value === standard ? 'default' : value)
      }
      inputContainer={(input) => (
        <>
          {input}
          {issuer !== 'default' && (
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => form.setFieldValue('generalUsage.issuer', 'default')}
            >
              {t('apps.issuerReset')}
            </Anchor>
          )}
        </>
      )}
    />
  );
}
