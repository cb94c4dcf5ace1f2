import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Page } from '@sallyport/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListQuery } from './data-list.js';
import { errorText } from './states.js';

interface Choice {
  value: string;
  label: string;
}

interface SearchPickerProps<T> {
  label: string;
  placeholder?: string;
  queryKey: readonly unknown[];
  load(query: ListQuery): Promise<Page<T>>;
  choiceOf(item: T): Choice;
  /** Whether the item cannot be chosen, as one that was chosen already. */
  isTaken?(item: T): boolean;
  onPick(value: string): void;
  disabled?: boolean;
}

const SHOWN = 20;

/** Finds one of many by typing: the server searches, the first matches are offered. */
export function SearchPicker<T>(props: SearchPickerProps<T>) {
  const { label, placeholder, queryKey, load, choiceOf, isTaken, onPick, disabled = false } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 200);
  const query = useQuery({
    queryKey: [...queryKey, 'picker', search],
    queryFn: () => load({ search: search === '' ? undefined : search, limit: SHOWN }),
    placeholderData: keepPreviousData,
    enabled: !disabled,
  });
  const items = query.data?.items ?? [];
  const choices = items.filter((item) => !isTaken?.(item)).map(choiceOf);
  return (
    <Select
      label={label}
      placeholder={placeholder}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      value={null}
      data={choices}
      filter={({ options }) => options}
      nothingFoundMessage={query.isPending ? t('common.loading') : t('list.noMatch')}
      error={query.isError ? errorText(query.error, t) : undefined}
      maw="28rem"
      disabled={disabled}
      onChange={(value) => {
        if (value === null) return;
        onPick(value);
        setTyped('');
      }}
    />
  );
}
