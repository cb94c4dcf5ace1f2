/** Lists as the vendor pages them: by number, filtered and sorted by column. protocol 7.5 */
import { setImmediate } from 'node:timers/promises';
import type { Page } from '@sallyport/contract';
import { AdminError } from '../../core/errors.js';
import type { PageRequest } from '../../core/ports.js';
import { type Arguments, optionalFlag, part, text, texts, wholeNumber } from './body.js';
import { type KeyedRow, queryResult, type Row } from './envelope.js';

/** No call reads more rows than this. */
const MOST_ROWS = 10_000;
const ROWS_AT_ONCE = 500;

/** Everything that `read` pages through. Throws `invalid` when that is too much. */
export async function all<T>(read: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pagesOf(read)) items.push(...page);
  return items;
}

/**
 * Page after page of what `read` answers; other requests have their turn in between. Throws `invalid` when it comes
 * to too much.
 */
export async function* pagesOf<T>(read: (page: PageRequest) => Promise<Page<T>>): AsyncGenerator<T[]> {
  let after: string | undefined;
  let seen = 0;
  do {
    const { items, next } = await read({ limit: ROWS_AT_ONCE, ...(after !== undefined && { after }) });
    seen += items.length;
    if (seen > MOST_ROWS)
      throw new AdminError('invalid', `this would read more than ${MOST_ROWS} rows; narrow it down`);
    yield items;
    if (next !== undefined) await setImmediate();
    after = next;
  } while (after !== undefined);
}

/** The page that `Args` asks for, of rows filtered and sorted as it says, in the shape of a query. */
export function pageOf(
  type: string,
  rows: readonly KeyedRow[],
  args: Arguments,
  columns?: readonly string[],
): unknown {
  const wanted = part(args, 'Args') ?? new Map<string, unknown>();
  const chosen = sorted(filtered(rows, wanted), wanted);
  const size = positive(wanted, 'PageSize') ?? MOST_ROWS;
  const start = ((positive(wanted, 'PageNumber') ?? 1) - 1) * size;
  // Clients lower the limit from page to page by what they have had: it bounds the answer, not the list.
  const page = chosen.slice(start, start + Math.min(size, positive(wanted, 'Limit') ?? size));
  return queryResult(type, page, { fullCount: chosen.length, ...(columns && { columns }) });
}

function positive(args: Arguments, name: string): number | undefined {
  const value = wholeNumber(args, name);
  return value !== undefined && value > 0 ? value : undefined;
}

/** `FilterValue` found, in any case, in any of the columns `FilterBy`. */
function filtered(rows: readonly KeyedRow[], args: Arguments): readonly KeyedRow[] {
  const fragment = text(args, 'FilterValue')?.toLowerCase() ?? '';
  const columns = texts(args, 'FilterBy');
  if (fragment === '' || columns.length === 0) return rows;
  return rows.filter(({ row }) =>
    columns.some((column) =>
      String(cell(row, column) ?? '')
        .toLowerCase()
        .includes(fragment),
    ),
  );
}

function sorted(rows: readonly KeyedRow[], args: Arguments): readonly KeyedRow[] {
  const column = text(args, 'SortBy') ?? '';
  if (column === '') return rows;
  const descends = /^desc/i.test(text(args, 'Direction') ?? '') || optionalFlag(args, 'Ascending') === false;
  const order = new Intl.Collator('en', { sensitivity: 'base', numeric: true }).compare;
  const ascending = [...rows].sort((a, b) =>
    order(String(cell(a.row, column) ?? ''), String(cell(b.row, column) ?? '')),
  );
  return descends ? ascending.reverse() : ascending;
}

/** The value of a column, named in any case. */
function cell(row: Row, column: string): unknown {
  const name = Object.keys(row).find((key) => key.toLowerCase() === column.toLowerCase());
  return name === undefined ? undefined : row[name];
}
