/** The change log as a file, made here from what the API answers. */
import type { Change } from '@sallyport/contract';
import { saveFile } from '../../ui/save-file.js';

export type ExportFormat = 'json' | 'csv';

const COLUMNS = ['at', 'actor', 'source', 'action', 'object', 'name', 'field', 'old', 'new'] as const;

/** One row per changed field. @see RFC 4180 */
function csv(changes: readonly Change[]): string {
  const rows = changes.flatMap(({ fields, at, actor, source, action, object, name }) => {
    const base = [at, actor, source, action, object, name];
    return fields.map(({ field, old, new: next }) => [...base, field, plain(old), plain(next)]);
  });
  return [[...COLUMNS], ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Quoted; what a spreadsheet would take for a formula is made text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Has the browser save `changes` as a file. */
export function saveAsFile(changes: readonly Change[], format: ExportFormat): void {
  const [text, type] =
    format === 'json' ? [JSON.stringify(changes, null, 2), 'application/json'] : [csv(changes), 'text/csv'];
  saveFile(`changelog-${new Date().toISOString().slice(0, 10)}.${format}`, text, type);
}
