/** What the words of the table mean. */
import { expect } from 'vitest';
import type { AttackRequest, Expected } from './table.js';
import type { WireAnswer } from './wire.js';

/** Traces of a program's inside that no answer may show. */
const INSIDE = /\bat [\w.<>]+ \(|node_modules|\.ts:\d+|SQLITE_|syntax error at or near|TypeError|[Kk]ysely/;

/** What every case demands of its answer, where the row does not say that it takes longer. */
const SECOND = 1_000;

/** Whether the answers came in time. A busy machine may be slow once; what is slow twice is slow. */
export function isInTime(answers: readonly WireAnswer[], { within = SECOND }: AttackRequest): boolean {
  return answers.every(({ took }) => took <= within);
}

export function check(answers: readonly WireAnswer[], expected: Expected, row: string): void {
  for (const { status, text } of answers) {
    expect(status, `${row}\n${text.slice(0, 600)}`).toBeLessThan(500);
    expect(INSIDE.test(text), `${row} shows its inside\n${text.slice(0, 600)}`).toBe(false);
  }
  const [first] = answers;
  if (!first) throw new Error(`${row}: no answer`);
  if (typeof expected === 'string') checkWord(answers, first, expected, row);
  else if (typeof expected === 'number') expect(first.status, said(row, first)).toBe(expected);
  else if (isList(expected)) expect(expected, said(row, first)).toContain(first.status);
  else if ('escaped' in expected) checkEscaped(first, expected.escaped, said(row, first));
  else if ('json' in expected) checkJson(first, expected.json, said(row, first));
  else {
    if (expected.status) expect(expected.status, said(row, first)).toContain(first.status);
    if (expected.has) expect(first.text, said(row, first)).toMatch(expected.has);
    if (expected.lacks) expect(first.text, said(row, first)).not.toMatch(expected.lacks);
  }
}

/** A step that a row rests on did what it was for. */
export function checkGiven(answer: WireAnswer, step: string): void {
  const says = said(step, answer);
  expect(answer.status, says).toBeLessThan(400);
  expect(answer.body, says).not.toContain('"success":false');
  expect(answer.headers.location ?? '', says).not.toMatch(/^\/login|[?&#]error=/);
}

/** Every time that the text is there, by whatever spelling, it is there as nothing but text. */
function checkEscaped({ status, headers, body }: WireAnswer, text: string, says: string): void {
  expect(status, says).toBe(200);
  expect(headers['content-type'], says).toMatch(/^text\/html/);
  const written = body.replaceAll('&gt;', '>').replaceAll('&#39;', "'");
  const read = written.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const times = written.split(escaped).length - 1;
  expect(times, `the text is not shown\n${body}`).toBeGreaterThan(0);
  expect(read.split(text).length - 1, `the text is shown as it is\n${body}`).toBe(times);
}

function checkJson({ status, headers, body }: WireAnswer, text: string, says: string): void {
  expect(status, says).toBe(200);
  expect(headers['content-type'], says).toMatch(/^application\/json/);
  expect(headers['x-content-type-options'], says).toBe('nosniff');
  expect(body, says).toContain(JSON.stringify(text).slice(1, -1));
}

function isList(expected: Expected): expected is readonly number[] {
  return Array.isArray(expected);
}

function said(row: string, { status, text }: WireAnswer): string {
  return `${row}: ${status}\n${text.slice(0, 600)}`;
}

function checkWord(answers: readonly WireAnswer[], first: WireAnswer, word: string, row: string): void {
  const [kind, detail = ''] = word.split(' ');
  const says = said(row, first);
  if (kind === 'EP') {
    expect(first.status, says).toBe(400);
    expect(first.headers.location, says).toBeUndefined();
  } else if (kind === 'ER') {
    const location = new URL(first.headers.location ?? 'about:blank');
    const parameters = new URLSearchParams(location.search || location.hash.slice(1));
    expect(`${location.origin}${location.pathname}`, says).toBe('https://rp.test/cb');
    expect(parameters.get('error'), says).toBe(detail);
    expect(parameters.get('state'), says).toBe('a state');
    expect(parameters.has('iss'), says).toBe(true);
    expect(parameters.has('code'), says).toBe(false);
  } else if (kind === 'TE') {
    expect(first.status, says).toBe(400);
    expect(JSON.parse(first.body).error, says).toBe(detail);
  } else if (kind === 'IC') {
    expect(first.status, says).toBe(401);
    expect(JSON.parse(first.body).error, says).toBe('invalid_client');
  } else if (kind === 'INACTIVE') {
    expect(first.status, says).toBe(200);
    expect(JSON.parse(first.body), says).toEqual({ active: false });
  } else if (kind === 'FAILED') {
    expect(first.status, says).toBe(200);
    expect(JSON.parse(first.body).success, says).toBe(false);
  } else if (kind === 'ONCE') {
    const won = answers.filter(({ status, body }) => status === 200 && !body.includes('"success":false'));
    expect(won, says).toHaveLength(1);
  } else if (kind === 'SAME') {
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length, says).toBeGreaterThan(0);
    expect(new Set(won.map(({ body }) => JSON.parse(body)[detail])).size, says).toBe(1);
  } else throw new Error(`${row}: no such expectation: ${word}`);
}
