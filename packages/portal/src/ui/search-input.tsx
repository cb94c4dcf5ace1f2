import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

interface SearchInputProps {
  label: string;
  value: string;
  onSearch(words: string): void;
}

/** Searches a moment after the last key, not at each one. */
export function SearchInput({ label, value, onSearch }: SearchInputProps) {
  const [typed, setTyped] = useState(value);
  const search = useDebouncedCallback((words: string) => onSearch(words.trim()), 250);
  useEffect(() => setTyped((current) => (current.trim() === value ? current : value)), [value]);
  return (
    <TextInput
      type="search"
      label={label}
      value={typed}
      leftSection={<IconSearch size={16} aria-hidden />}
      flex="1 1 14rem"
      maw="28rem"
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        search(currentTarget.value);
      }}
      // Searching happens by itself; within a form, Enter must not send that.
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.preventDefault();
      }}
    />
  );
}
