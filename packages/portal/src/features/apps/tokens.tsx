import { Alert, Checkbox, NativeSelect, Stack, Text } from '@mantine/core';
import { SIGNING_ALGORITHMS } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import { Copyable } from '../../ui/copyable.js';
import { LifetimeInput } from '../../ui/lifetime-input.js';
import { useLifetimeText } from '../../ui/lifetime-text.js';
import { endpointUrl } from './addresses.js';
import { useAppFormContext } from './app-form.js';
import type { PanelProps } from './category-panel.js';
import { ClaimsInput } from './claims-input.js';

const AUTH_METHODS = [
  'authCode',
  'implicit',
  'clientCreds',
  'resourceOwner',
  'deviceCode',
  'tokenExchange',
] as const;

export function Tokens({ app }: PanelProps) {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const { tokens } = form.values;
  const lifetime = (field: 'lifetime' | 'refreshTokenLifetime' | 'codeLifetime') => ({
    value: tokens[field],
    error: form.errors[`tokens.${field}`],
    'data-path': `tokens.${field}`,
    onChange: (next: string) => form.setFieldValue(`tokens.${field}`, next),
  });
  return (
    <>
      <NativeSelect
        label={t('apps.field.tokenType')}
        description={t(tokens.type === 'opaque' ? 'apps.help.tokenTypeOpaque' : 'apps.help.tokenTypeJwt')}
        maw="28rem"
        data={['JwtRS256', 'JwtES256', 'opaque']}
        {...form.getInputProps('tokens.type')}
      />
      <div>
        <Text size="sm" fw={500}>
          {t('apps.introspectionUrl')}
        </Text>
        <Copyable value={endpointUrl('introspect', app.applicationId)} what={t('apps.introspectionUrl')} />
      </div>
      <Checkbox.Group
        label={t('apps.field.authMethods')}
        description={t('apps.help.authMethods')}
        {...form.getInputProps('tokens.authMethods')}
      >
        <Stack gap="xs" mt="xs">
          {AUTH_METHODS.map((method, index) => (
            <Checkbox
              key={method}
              value={method}
              label={t(`apps.authMethod.${method}`)}
              description={t(`apps.help.authMethod.${method}`)}
              data-path={index === 0 ? 'tokens.authMethods' : undefined}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <LifetimeInput
        label={t('apps.field.lifetime')}
        description={t('apps.help.lifetime')}
        {...lifetime('lifetime')}
      />
      <Checkbox
        label={t('apps.field.issueRefreshTokens')}
        description={t('apps.help.issueRefreshTokens')}
        {...form.getInputProps('tokens.issueRefreshTokens', { type: 'checkbox' })}
      />
      <LifetimeInput
        label={t('apps.field.refreshTokenLifetime')}
        description={t('apps.help.refreshTokenLifetime')}
        disabled={!tokens.issueRefreshTokens}
        {...lifetime('refreshTokenLifetime')}
      />
      <LifetimeInput
        label={t('apps.field.codeLifetime')}
        description={t('apps.help.codeLifetime')}
        {...lifetime('codeLifetime')}
      />
      <NativeSelect
        label={t('apps.field.idTokenAlg')}
        description={t('apps.help.idTokenAlg')}
        maw="28rem"
        data={[...SIGNING_ALGORITHMS]}
        {...form.getInputProps('tokens.idTokenAlg')}
      />
      <Checkbox
        label={t('apps.field.requireDpop')}
        description={t('apps.help.requireDpop')}
        {...form.getInputProps('tokens.requireDpop', { type: 'checkbox' })}
      />
      {form.values.template === 'OAuth2Server' && <ClaimsInput />}
      <NativeSelect
        label={t('apps.field.userinfoSignedResponseAlg')}
        description={t('apps.help.userinfoSignedResponseAlg')}
        maw="28rem"
        data={[{ value: 'none', label: t('apps.userinfoPlain') }, 'RS256']}
        {...form.getInputProps('tokens.userinfoSignedResponseAlg')}
      />
      <Meaning />
    </>
  );
}

/** The settings above as one sentence about what happens. */
function Meaning() {
  const { t } = useTranslation();
  const { tokens } = useAppFormContext().values;
  const words = useLifetimeText();
  const text =
    tokens.authMethods.length === 0
      ? t('apps.meaning.none')
      : tokens.issueRefreshTokens
        ? t('apps.meaning.renewable', {
            lifetime: words(tokens.lifetime),
            refresh: words(tokens.refreshTokenLifetime),
          })
        : t('apps.meaning.once', { lifetime: words(tokens.lifetime) });
  return (
    <Alert color="gray" title={t('apps.meaning.title')}>
      {text}
    </Alert>
  );
}
