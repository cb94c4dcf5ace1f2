/** A list of records: server paging, search in the address, and a designed answer to empty, loading and faulty. */

import { Button, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import type { Page } from '@sallyport/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode, type RefObject, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './data-list.module.css';
import { SearchInput } from './search-input.js';
import { EmptyState, ErrorState } from './states.js';
import { useListSearch } from './use-list-search.js';

export interface Column<T> {
  id: string;
  header: string;
  render(row: T): ReactNode;
  /** Left out on a phone; the first column should then say what matters. */
  wide?: boolean;
  /** Holds buttons: its header is for screen readers only. */
  actions?: boolean;
}

/** What a page of a list is asked for. */
export interface ListQuery {
  search?: string | undefined;
  after?: string | undefined;
  limit: number;
}

interface DataListProps<T> {
  /** Names the table. */
  label: string;
  /** Absent: the list cannot be searched. */
  searchLabel?: string;
  /** Begins the key under which pages are kept; invalidate it after a write. */
  queryKey: readonly unknown[];
  load(query: ListQuery): Promise<Page<T>>;
  columns: Column<T>[];
  rowId(row: T): string;
  /** What is shown when there is nothing and nothing was searched for. */
  empty: { title: string; text: string; action?: ReactNode };
  /** Beside the search; keep their values in the address too, and in `queryKey`. */
  filters?: ReactNode;
  /** Whether a filter narrows the list, so that an empty answer is "nothing matches". */
  isFiltered?: boolean;
  /** Heading under which a row stands; rows must come sorted by it. */
  groupBy?(row: T): string;
  pageSize?: number;
  /** Milliseconds after which a live list is read again. */
  refreshEvery?: number;
}

export function DataList<T>(props: DataListProps<T>) {
  const { pageSize = 50, load, queryKey, refreshEvery = false } = props;
  const place = useListSearch();
  const { search, after } = place;
  const table = useRef<HTMLTableElement>(null);
  const query = useQuery({
    queryKey: [...queryKey, { search, after, pageSize }],
    queryFn: () => load({ search, after, limit: pageSize }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshEvery,
  });

  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end">
        {props.searchLabel && (
          <SearchInput label={props.searchLabel} value={search ?? ''} onSearch={place.find} />
        )}
        {props.filters}
      </Group>
      {query.isError && <ErrorState error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <RowsSkeleton columns={props.columns} label={props.label} />}
      {query.isSuccess && query.data.items.length === 0 && <Nothing {...props} search={search} />}
      {query.isSuccess && query.data.items.length > 0 && (
        <>
          <Rows {...props} rows={query.data.items} stale={query.isPlaceholderData} table={table} />
          <Pager
            place={place}
            next={query.data.next}
            onMove={() => table.current?.focus({ preventScroll: true })}
          />
        </>
      )}
    </Stack>
  );
}

function Header<T>({ columns }: { columns: Column<T>[] }) {
  return (
    <Table.Thead>
      <Table.Tr>
        {columns.map(({ id, header, wide, actions }) => (
          <Table.Th key={id} scope="col" className={wide ? classes.wide : undefined}>
            {actions ? <span className="visually-hidden">{header}</span> : header}
          </Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
  );
}

/** Half of the kit's, on which a link keeps its contrast in the dark. */
const HOVERED = 'color-mix(in srgb, var(--mantine-color-default-hover) 50%, transparent)';

function Rows<T>({
  rows,
  columns,
  rowId,
  label,
  groupBy,
  stale,
  table,
}: DataListProps<T> & { rows: T[]; stale: boolean; table: RefObject<HTMLTableElement | null> }) {
  return (
    <Table
      ref={table}
      tabIndex={-1}
      className={classes.table}
      highlightOnHover
      highlightOnHoverColor={HOVERED}
      aria-label={label}
      aria-busy={stale}
    >
      <Header columns={columns} />
      <Table.Tbody>
        {rows.map((row, index) => {
          const group = groupBy?.(row);
          const previous = rows[index - 1];
          const opens = group !== undefined && (previous === undefined || groupBy?.(previous) !== group);
          return (
            <Fragment key={rowId(row)}>
              {opens && (
                <Table.Tr className={classes.group}>
                  <Table.Th scope="rowgroup" colSpan={columns.length}>
                    {group}
                  </Table.Th>
                </Table.Tr>
              )}
              <Table.Tr>
                {columns.map(({ id, render, wide, actions }) => (
                  <Table.Td
                    key={id}
                    className={wide ? classes.wide : actions ? classes.actions : classes.cell}
                  >
                    {render(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            </Fragment>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

const SKELETON_ROWS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

function RowsSkeleton<T>({ columns, label }: { columns: Column<T>[]; label: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('common.loadingWhat', { what: label })}>
      <Table aria-hidden className={classes.table}>
        <Header columns={columns} />
        <Table.Tbody>
          {SKELETON_ROWS.map((row) => (
            <Table.Tr key={row}>
              {columns.map(({ id, wide }) => (
                <Table.Td key={id} className={wide ? classes.wide : undefined}>
                  <Skeleton h={20} w="70%" />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Nothing<T>({ empty, search, isFiltered }: DataListProps<T> & { search: string | undefined }) {
  const { t } = useTranslation();
  if (search === undefined && !isFiltered) return <EmptyState {...empty} />;
  return <EmptyState title={t('list.noMatch')} text={t('list.noMatchHint')} />;
}

interface PagerProps {
  place: ReturnType<typeof useListSearch>;
  next: string | undefined;
  /** Takes the focus along to where the other page begins. */
  onMove(): void;
}

function Pager({ place, next, onMove }: PagerProps) {
  const { t } = useTranslation();
  const move = (turned: Promise<void>) => {
    onMove();
    void turned;
  };
  if (next === undefined && place.after === undefined) return null;
  return (
    <Group component="nav" aria-label={t('list.pages')} justify="space-between">
      <Button disabled={place.after === undefined} onClick={() => move(place.previous())}>
        {place.pageNumber === undefined ? t('list.firstPage') : t('list.previousPage')}
      </Button>
      {place.pageNumber !== undefined && (
        <Text size="sm" c="dimmed" aria-live="polite">
          {t('list.page', { number: place.pageNumber })}
        </Text>
      )}
      <Button disabled={next === undefined} onClick={() => next !== undefined && move(place.next(next))}>
        {t('list.nextPage')}
      </Button>
    </Group>
  );
}
