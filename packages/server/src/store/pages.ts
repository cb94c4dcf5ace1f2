/** Keyset pages: a cursor is the sort key of the last row shown, so that a page costs the same at any depth. */
import type { Page } from '@sallyport/contract';
import { type SelectQueryBuilder, sql } from 'kysely';
import { AdminError } from '../core/errors.js';
import type { PageRequest } from '../core/ports.js';

/** How a list is ordered: by one column, unique in the tenant. */
export interface Listing {
  /** Qualified column, such as `users.login_key`. */
  sortBy: string;
  /** The same in cursors, where lists over several columns are in one order; else `sortBy`. */
  cursor?: string;
  direction: 'asc' | 'desc';
  /** Qualified column that holds what is searched, in lower case. */
  searchIn: string;
}

/** Text without regard to case. The final sigma is one of a word's last letter alone, which a fragment need not end with. */
export function lowered(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

/** The text a list searches in: every word in lower case. */
export function searchText(...parts: readonly (string | null)[]): string {
  return lowered(parts.filter((part) => part).join('\n'));
}

function likePattern(fragment: string): string {
  return `%${lowered(fragment).replace(/[\\%_]/g, '\\$&')}%`;
}

function encodeCursor({ sortBy, cursor = sortBy }: Listing, key: string): string {
  return Buffer.from(`${cursor}\n${key}`).toString('base64url');
}

function decodeCursor({ sortBy, cursor = sortBy }: Listing, after: string): string {
  const text = Buffer.from(after, 'base64url').toString();
  const prefix = `${cursor}\n`;
  if (!text.startsWith(prefix)) throw AdminError.invalid('after', 'is not a cursor of this list');
  return text.slice(prefix.length);
}

/** Narrows `query` to the rows after those that were shown. */
export function beyondCursor<DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  listing: Listing,
  { after }: Pick<PageRequest, 'after'>,
): SelectQueryBuilder<DB, TB, O> {
  if (after === undefined) return query;
  const key = decodeCursor(listing, after);
  const beyond = listing.direction === 'asc' ? sql`>` : sql`<`;
  return query.where(sql<boolean>`${sql.ref(listing.sortBy)} ${beyond} ${key}`);
}

/** Narrows `query` to the rows of one page, and one more to know whether another page follows. */
export function onPage<DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  listing: Listing,
  page: PageRequest,
): SelectQueryBuilder<DB, TB, O> {
  let narrowed = beyondCursor(query, listing, page);
  if (page.search) {
    const like = sql<boolean>`${sql.ref(listing.searchIn)} like ${likePattern(page.search)} escape '\\'`;
    narrowed = narrowed.where(like);
  }
  return narrowed.orderBy(sql.ref(listing.sortBy), listing.direction).limit(page.limit + 1);
}

/** The page made of what `onPage` selected; `keyOf` gives a row's sort key. */
export function toPage<R, T>(
  rows: readonly R[],
  listing: Listing,
  page: PageRequest,
  keyOf: (row: R) => string,
  toItem: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const more = rows.length > page.limit && last !== undefined;
  return { items: shown.map(toItem), ...(more && { next: encodeCursor(listing, keyOf(last)) }) };
}
