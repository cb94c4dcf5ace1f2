/** Puts into the reader's language what the server and the contract say in English. */
import i18next from 'i18next';
import type { common } from './en/common.js';
import type { said } from './en/said.js';

type Key =
  | `said.${keyof (typeof said)['said']}`
  | `errors.${keyof (typeof common)['errors']}`
  | `faults.${keyof (typeof common)['faults']}`;

/**
 * A sentence and the key of its words. A named group is a value in those words; the group `reason` is a sentence
 * itself.
 */
export type Row = readonly [sentence: RegExp, key: Key];

/** What any page may be refused with, the first view too. */
export const ANYWHERE: readonly Row[] = [
  [/^the server is busy; try again shortly$/, 'errors.busy'],
  [/^the server failed; its log has the reason$/, 'errors.failed'],
  [/^the database is out of reach$/, 'errors.database'],
  [/^too many sign-ins at once$/, 'errors.tooManySignIns'],
  [/^too many requests .*; try again in (?<seconds>\d+) s$/, 'errors.tooMany'],
];

let rows = ANYWHERE;

/** Takes up the sentences of every page, once the words for them are there. */
export function learn(known: readonly Row[]): void {
  rows = [...ANYWHERE, ...known];
}

/** `sentence` in the reader's language; as it is where nobody has written words for it. */
export function inWords(sentence: string): string {
  for (const [pattern, key] of rows) {
    const match = pattern.exec(sentence);
    if (!match) continue;
    const { reason, ...values } = match.groups ?? {};
    const replace = reason === undefined ? values : { ...values, reason: inWords(reason) };
    return i18next.t(key, { replace });
  }
  return sentence;
}
