import { Button, Menu, NativeSelect } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataList } from '../../ui/data-list.js';
import { notifyFailed } from '../../ui/notify.js';
import { errorText } from '../../ui/states.js';
import { useListSearch } from '../../ui/use-list-search.js';
import { useMayRead } from '../session/session.js';
import { KINDS, type Kind, loadChanges, loadEveryChange, type Restored } from './change-data.js';
import { ChangeEntry } from './change-entry.js';
import { type ExportFormat, saveAsFile } from './export-changes.js';

interface ChangeLogProps {
  /** One object, such as `apps/myapplication`; every object when absent. */
  object?: string;
  /** After an object was taken back to a version. */
  onRestored?: Restored;
}

/** Who changed what, newest first: of one object, or of all with a filter. */
export function ChangeLog({ object, onRestored }: ChangeLogProps) {
  const { t } = useTranslation();
  const mayRead = useMayRead();
  const { kind: asked } = useSearch({ strict: false });
  const kind = KINDS.find((known) => known === asked);
  const chosen = object ?? kind;
  return (
    <DataList
      label={t('menu.changelog')}
      searchLabel={t('changelog.search')}
      queryKey={['changes', chosen ?? 'all']}
      load={(query) => loadChanges(chosen, query)}
      rowId={({ id }) => id}
      pageSize={20}
      isFiltered={object === undefined && kind !== undefined}
      filters={
        <>
          {object === undefined && <KindFilter kind={kind} />}
          {mayRead('changelog') && <Export object={chosen} />}
        </>
      }
      empty={{ title: t('changelog.emptyTitle'), text: t('changelog.emptyText') }}
      columns={[
        {
          id: 'change',
          header: t('changelog.change'),
          render: (change) => (
            <ChangeEntry change={change} named={object === undefined} onRestored={onRestored} />
          ),
        },
      ]}
    />
  );
}

function KindFilter({ kind }: { kind: Kind | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <NativeSelect
      label={t('changelog.kindLabel')}
      value={kind ?? ''}
      data={[
        { value: '', label: t('changelog.everything') },
        ...KINDS.map((kind) => ({ value: kind, label: t(`changelog.kinds.${kind}`) })),
      ]}
      onChange={({ currentTarget: { value } }) => {
        const next = KINDS.find((known) => known === value);
        void navigate({
          to: '.',
          search: (old) => ({ ...old, kind: next, after: undefined }),
          replace: true,
        });
      }}
    />
  );
}

/** Saves what the search and the filter leave, every page of it. */
function Export({ object }: { object: string | undefined }) {
  const { t } = useTranslation();
  const { search } = useListSearch();
  const saving = useMutation({
    mutationFn: async (format: ExportFormat) => saveAsFile(await loadEveryChange(object, search), format),
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  return (
    <Menu>
      <Menu.Target>
        <Button leftSection={<IconDownload size={16} aria-hidden />} loading={saving.isPending}>
          {t('changelog.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => saving.mutate('csv')}>{t('changelog.asCsv')}</Menu.Item>
        <Menu.Item onClick={() => saving.mutate('json')}>{t('changelog.asJson')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
