/** The claims an app adds to the tokens for its API: one row each, where it comes from, and a constant's value. */
import {
  ActionIcon,
  Button,
  Fieldset,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core';
import { CLAIM_SOURCES, type ClaimMapping } from '@sallyport/contract';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { putList } from '../../ui/lines.js';
import { useAppFormContext } from './app-form.js';

export function ClaimsInput() {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const { claims } = form.values.tokens;
  const put = (next: ClaimMapping[]) => putList(form, 'tokens.claims', next);
  const rows = claims.map((claim, index) => ({ claim, index, place: `tokens.claims.${index}` }));
  return (
    <Fieldset legend={t('apps.field.claims')}>
      <Text size="xs" c="dimmed" mb="xs">
        {t('apps.help.claims')}
      </Text>
      <Stack gap="sm">
        {rows.map(({ claim, index, place }) => (
          <ClaimRow
            key={place}
            claim={claim}
            place={place}
            number={index + 1}
            onChange={(next) => put(claims.with(index, next))}
            onRemove={() => put(claims.toSpliced(index, 1))}
          />
        ))}
        <Button
          size="compact-sm"
          w="fit-content"
          data-path="tokens.claims"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => put([...claims, { name: '', from: 'email' }])}
        >
          {t('apps.claims.add')}
        </Button>
      </Stack>
    </Fieldset>
  );
}

interface ClaimRowProps {
  claim: ClaimMapping;
  place: string;
  number: number;
  onChange(claim: ClaimMapping): void;
  onRemove(): void;
}

function ClaimRow({ claim, place, number, onChange, onRemove }: ClaimRowProps) {
  const { t } = useTranslation();
  const { errors } = useAppFormContext();
  const choose = (source: string) => {
    const from = CLAIM_SOURCES.find((known) => known === source) ?? 'email';
    onChange({ name: claim.name, from, ...(from === 'constant' ? { value: '' } : {}) });
  };
  return (
    <Group gap="xs" align="flex-start">
      <TextInput
        aria-label={t('apps.claims.name', { number })}
        placeholder={t('apps.claims.namePlaceholder')}
        spellCheck={false}
        autoCapitalize="off"
        value={claim.name}
        error={errors[`${place}.name`]}
        data-path={`${place}.name`}
        onChange={({ currentTarget: { value } }) => onChange({ ...claim, name: value })}
      />
      <NativeSelect
        aria-label={t('apps.claims.from', { number })}
        value={claim.from}
        error={errors[`${place}.from`]}
        data-path={`${place}.from`}
        data={CLAIM_SOURCES.map((value) => ({ value, label: t(`apps.claims.source.${value}`) }))}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
      {claim.from === 'constant' && (
        <TextInput
          aria-label={t('apps.claims.value', { number })}
          placeholder={t('apps.claims.valuePlaceholder')}
          value={String(claim.value ?? '')}
          error={errors[`${place}.value`]}
          data-path={`${place}.value`}
          onChange={({ currentTarget: { value } }) => onChange({ ...claim, value })}
        />
      )}
      <Tooltip label={t('common.remove')}>
        <ActionIcon
          aria-label={t('common.removeWhat', { what: claim.name || t('apps.claims.name', { number }) })}
          onClick={onRemove}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
