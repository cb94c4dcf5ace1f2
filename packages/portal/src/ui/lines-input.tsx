import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './lines-input.module.css';

interface LinesInputProps {
  label: string;
  description?: ReactNode;
  value: readonly string[];
  onChange(lines: string[]): void;
  /** Path of the list; each line is `path.0`, `path.1` and so on. */
  path: string;
  /** Faults by path. */
  errors: Record<string, ReactNode>;
  placeholder?: string;
  addLabel?: string;
  disabled?: boolean;
}

/** A list of short texts, one line each. Empty lines do not count: see `withoutEmptyLines`. */
export function LinesInput({ label, description, value, onChange, path, errors, ...rest }: LinesInputProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  const focusNext = useRef<number | null>(null);
  const lines = value.length === 0 ? [''] : value;
  const places = lines.map((line, index) => ({ line, index, place: `${path}.${index}` }));

  useEffect(() => {
    if (focusNext.current === null) return;
    list.current?.querySelectorAll('input')[focusNext.current]?.focus();
    focusNext.current = null;
  });

  const insert = (index: number) => {
    focusNext.current = index;
    onChange(lines.toSpliced(index, 0, ''));
  };
  const remove = (index: number) => {
    focusNext.current = Math.max(0, index - 1);
    onChange(lines.toSpliced(index, 1));
  };

  return (
    <Fieldset
      legend={label}
      variant="unstyled"
      classNames={{ root: classes.root, legend: classes.legend }}
      disabled={rest.disabled ?? false}
    >
      {description && (
        <Text size="xs" c="dimmed" mb="xs">
          {description}
        </Text>
      )}
      <Stack gap="xs" ref={list} align="flex-start">
        {places.map(({ line, index, place }) => (
          <Group key={place} gap="xs" wrap="nowrap" align="flex-start" className={classes.line}>
            <TextInput
              flex={1}
              aria-label={`${label} ${index + 1}`}
              classNames={{ input: classes.input }}
              value={line}
              placeholder={rest.placeholder}
              spellCheck={false}
              autoCapitalize="off"
              data-path={place}
              error={errors[place] ?? (index === 0 ? errors[path] : undefined)}
              onChange={({ currentTarget }) => onChange(lines.with(index, currentTarget.value))}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault();
                insert(index + 1);
              }}
            />
            <Tooltip label={t('common.remove')}>
              <ActionIcon
                aria-label={t('common.removeWhat', { what: line || `${label} ${index + 1}` })}
                onClick={() => remove(index)}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </Group>
        ))}
        <Button
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => insert(lines.length)}
        >
          {rest.addLabel ?? t('common.add')}
        </Button>
      </Stack>
    </Fieldset>
  );
}
