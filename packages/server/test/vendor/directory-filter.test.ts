/** The filters of `DirectoryServiceQuery`, in either of the languages that clients write them in, on any directory. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../spec/support/world.js';
import { damaged, holds, junk, sentence, TIME } from '../support/fuzz.js';
import { ADMIN } from '../support/server.js';
import { type QueryResult, type Vendor, vendorBy } from './support.js';

type Row = Record<string, unknown>;
/** What a filter may say of a column. */
type Condition = string | { [operator: string]: string | { value: string; ignoreCase: boolean } };
type Written = { [key: string]: Condition | Written[] };

/** Names that are hard to write down, and hard to find. */
const NAMES = [
  "O'Brien",
  `Bob "O'" Brien`,
  '"quoted"',
  'back\\slash',
  '100% sure',
  'Größe',
  'ΟΔΥΣΣΕΥΣ',
  'a\u00a0b',
];

let world: World;
let vendor: Vendor;
let everybody: Row[];
beforeAll(async () => {
  world = await createWorld();
  const users = NAMES.map((displayName, at) => ({
    ...{ loginName: `n${at}@acme.test`, email: `n${at}@acme.test`, password: 'any password at all 1' },
    displayName,
  }));
  await world.apply({ users });
  const { handle } = await world.signIn({ loginName: ADMIN.user, password: ADMIN.password });
  vendor = vendorBy(world, { authorization: `Bearer ${handle}` });
  everybody = await found('{}');
  expect(everybody.length).toBeGreaterThan(NAMES.length);
});
afterAll(() => world.close());

/** The users that a filter finds. */
async function found(user: string): Promise<Row[]> {
  const asked = JSON.stringify({ user, Args: { PageNumber: 1, PageSize: 1000 } });
  const { success, Message, Result } = await vendor<{ User: QueryResult<Row> }>(
    '/UserMgmt/DirectoryServiceQuery',
    asked,
  );
  expect({ success, Message }).toEqual({ success: true, Message: null });
  return Result.User.Results.map((each) => each.Row);
}

/** What the vendor's words mean, as plainly as it can be said. */
function passes(row: Row, filter: Written): boolean {
  return Object.entries(filter).every(([key, said]) => {
    if (Array.isArray(said)) {
      const each = said.map((inner) => passes(row, inner));
      return key === '_and' ? each.every(Boolean) : each.some(Boolean);
    }
    const [, cell = ''] =
      Object.entries(row).find(([name]) => name.toLowerCase() === key.toLowerCase()) ?? [];
    const value = String(cell).toLowerCase();
    const conditions = typeof said === 'string' ? { _eq: said } : said;
    return Object.entries(conditions).every(([operator, operand]) => {
      const text = typeof operand === 'string' ? operand : operand.value;
      const wanted = text.toLowerCase().replace(/^%|%$/g, '');
      return operator === '_eq' ? value === wanted : value.includes(wanted);
    });
  });
}

/** A value as Python prints it: in single quotes, unless these stand in it and double ones do not. */
function asPython(value: unknown): string {
  if (typeof value === 'string') return pythonText(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(asPython).join(', ')}]`;
  const members = Object.entries(value ?? {}).map(
    ([name, member]) => `${pythonText(name)}: ${asPython(member)}`,
  );
  return `{${members.join(', ')}}`;
}

function pythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escapes: Record<string, string> = {
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    [quote]: `\\${quote}`,
  };
  const hex = (letter: string) => {
    const code = letter.codePointAt(0) ?? 0;
    const [mark, digits] = code < 0x100 ? ['x', 2] : code < 0x10000 ? ['u', 4] : ['U', 8];
    return `\\${mark}${code.toString(16).padStart(Number(digits), '0')}`;
  };
  const letters = [...text].map(
    (letter) => escapes[letter] ?? (/[\p{C}\p{Z}]/u.test(letter) && letter !== ' ' ? hex(letter) : letter),
  );
  return quote + letters.join('') + quote;
}

const column = fc.constantFrom('DisplayName', 'displayname', 'SystemName', 'EMail', 'Description', 'NoSuch');
const part = fc
  .tuple(fc.constantFrom(...NAMES, 'n1@acme.test', 'ada'), fc.nat(6), fc.nat(12))
  .map(([name, from, length]) => name.slice(from, from + length));
const operand = fc
  .tuple(fc.constantFrom('', '%'), fc.oneof(part, fc.constantFrom(...NAMES), junk), fc.constantFrom('', '%'))
  .map((pieces) => pieces.join(''));
const condition: fc.Arbitrary<Condition> = fc.oneof(
  operand,
  fc.record({ _eq: operand }),
  fc.record({ _like: operand }),
  fc.record({ _like: fc.record({ value: operand, ignoreCase: fc.boolean() }) }),
);
const filter: fc.Arbitrary<Written> = fc.letrec<{ filter: Written }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.dictionary(column, condition, { minKeys: 1, maxKeys: 2 }),
    fc.record({ _or: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ _and: fc.array(tie('filter'), { maxLength: 3 }) }),
  ),
})).filter;

describe('a directory filter', { timeout: TIME }, () => {
  test('finds whom it describes and nobody else, written as JSON or as Python prints it', async () => {
    await holds(filter, async (said) => {
      const wanted = everybody.filter((row) => passes(row, said));
      expect(await found(JSON.stringify(said)), 'as JSON').toEqual(wanted);
      expect(await found(asPython(said)), asPython(said)).toEqual(wanted);
    });
  });

  test('that is none is refused in the envelope', async () => {
    const words = sentence(
      ...[
        "{'Name':",
        '{"Name":',
        '{',
        '}',
        '[',
        ']',
        "'",
        '"',
        '\\',
        "'a'",
        '"_eq"',
        "'_like':",
        "'_and': [",
      ],
      ...[':', ',', 'None', 'True', 'null', '1', '%', '__proto__', "'\\x'", "'\\u12'"],
    );
    const text = fc.oneof(
      words,
      damaged(filter.map(asPython)),
      damaged(filter.map((each) => JSON.stringify(each))),
      junk,
    );
    await holds(
      fc.tuple(fc.constantFrom('user', 'roles'), text),
      async ([name, written]) => {
        const { success, Message } = await vendor(
          '/UserMgmt/DirectoryServiceQuery',
          JSON.stringify({ [name]: written }),
        );
        if (!success) expect(Message).toMatch(/\S/);
      },
      2,
    );
  });
});
