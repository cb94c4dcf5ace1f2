import { Group, Input, NativeSelect, NumberInput } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';

const UNITS = ['s', 'm', 'h', 'd'] as const;
type Unit = (typeof UNITS)[number];

interface LifetimeInputProps {
  label: string;
  description?: ReactNode;
  /** A lifetime of the contract, such as `5h`. */
  value: string;
  onChange(lifetime: string): void;
  error?: ReactNode;
  disabled?: boolean;
  'data-path'?: string;
}

function parts(lifetime: string): { amount: string; unit: Unit } {
  const unit = UNITS.find((unit) => lifetime.endsWith(unit)) ?? 'h';
  return { amount: lifetime.replace(/[smhd]$/, ''), unit };
}

/** A number and its unit: seconds, minutes, hours or days. */
export function LifetimeInput({ label, description, value, onChange, error, ...rest }: LifetimeInputProps) {
  const { t } = useTranslation();
  const id = useId();
  const { amount, unit } = parts(value);
  return (
    <Input.Wrapper id={id} label={label} description={description} error={error}>
      <Group gap="xs" mt={4} wrap="nowrap">
        <NumberInput
          id={id}
          value={amount === '' ? '' : Number(amount)}
          min={1}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          w={96}
          error={Boolean(error)}
          aria-describedby={error ? `${id}-error` : undefined}
          disabled={rest.disabled ?? false}
          data-path={rest['data-path']}
          onChange={(next) => onChange(`${next}${unit}`)}
        />
        <NativeSelect
          aria-label={t('lifetime.unitOf', { what: label })}
          data={UNITS.map((unit) => ({ value: unit, label: t(`lifetime.${unit}`) }))}
          value={unit}
          disabled={rest.disabled ?? false}
          onChange={({ currentTarget }) => onChange(`${amount}${currentTarget.value}`)}
        />
      </Group>
    </Input.Wrapper>
  );
}
