import { Combobox, Modal, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Place, usePages, useRecords } from './places.js';

/** One field and what it finds; arrows move, Enter goes there. */
export function JumpDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [words, setWords] = useState('');
  const [search] = useDebouncedValue(words.trim(), 150);
  const pages = usePages(words.trim());
  const records = useRecords(search);
  const groups = [...records.groups, { key: 'pages' as const, places: pages }];
  const places = new Map(groups.flatMap((group) => group.places.map((place) => [place.id, place])));
  const list = useCombobox({ defaultOpened: true });
  const { selectFirstOption } = list;
  const ids = [...places.keys()].join();

  useEffect(() => {
    if (ids !== '') selectFirstOption();
  }, [ids, selectFirstOption]);

  const go = (id: string) => {
    const place = places.get(id);
    if (!place) return;
    onClose();
    void navigate({ to: place.to });
  };
  return (
    <Modal opened onClose={onClose} title={t('jump.label')} size="lg">
      <Combobox store={list} onOptionSubmit={go}>
        <Combobox.EventsTarget>
          <TextInput
            type="search"
            data-autofocus
            aria-label={t('jump.label')}
            placeholder={t('jump.label')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={words}
            onChange={({ currentTarget }) => setWords(currentTarget.value)}
          />
        </Combobox.EventsTarget>
        <Combobox.Options mt="sm" aria-label={t('jump.results')}>
          {groups.map(
            ({ key, places }) =>
              places.length > 0 && (
                <Combobox.Group key={key} label={t(`jump.group.${key}`)}>
                  {places.map((place) => (
                    <Option key={place.id} place={place} />
                  ))}
                </Combobox.Group>
              ),
          )}
          {places.size === 0 && (
            <Combobox.Empty>{records.isPending ? t('common.loading') : t('list.noMatch')}</Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox>
    </Modal>
  );
}

function Option({ place }: { place: Place }) {
  return (
    <Combobox.Option value={place.id}>
      <Text span>{place.label}</Text>{' '}
      {place.note && (
        <Text span size="sm">
          {place.note}
        </Text>
      )}
    </Combobox.Option>
  );
}
