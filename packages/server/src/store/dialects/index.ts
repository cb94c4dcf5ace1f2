/** Picks the dialect a database URL asks for; the other one's driver is never loaded. */
import { StoreOpenError } from '../errors.js';
import type { Dialect } from './dialect.js';

/** @throws StoreOpenError when `url` names neither database */
export async function dialectOf(url: string): Promise<Dialect> {
  if (url.startsWith('sqlite:')) return (await import('./sqlite.js')).sqlite;
  if (/^postgres(ql)?:\/\//.test(url)) return (await import('./postgres.js')).postgres;
  throw new StoreOpenError('the database URL begins with neither sqlite: nor postgres://');
}
