/**
 * `/Redrock/query`: a script is parsed by a real SQL parser, checked against a fixed set of views, and carried out by
 * own code over pages of the administration's own lists. No text ever reaches the database; nothing can write; no
 * other tenant can be named. protocol 7.5
 */
import { RIGHTS } from '@sallyport/contract';
import type { Stmt } from 'sqlite3-parser';
import { required } from '../body.js';
import { type KeyedRow, queryResult, type Row, wireDate } from '../envelope.js';
import { pageOf } from '../paging.js';
import { rightRow } from '../role-rows.js';
import type { Call, Rpc } from '../rpc.js';
import { type Output, type Plan, planOf } from './plan.js';
import { refused } from './refusal.js';
import { type Result, run } from './run.js';
import type { Value } from './values.js';

const LONGEST_SCRIPT = 10_000;
const LONGEST_REASON = 300;

/** Scripts kept at the vendor's that its clients call by name, as what they select here. */
const SAVED_SCRIPTS = new Map([['@@web applications plv8', 'SELECT * FROM Application ORDER BY Name']]);

export const queryCalls: readonly Call[] = [
  {
    path: '/Redrock/query',
    does: 'Answers the SELECT in `Script` over User, Role, Application, Event, DsUsers and proxy, paged by `Args`.',
    answer: answerQuery,
  },
];

async function answerQuery(rpc: Rpc): Promise<unknown> {
  const script = required(rpc.args, 'Script').trim();
  if (script.length > LONGEST_SCRIPT) throw refused(`it is longer than ${LONGEST_SCRIPT} characters`);
  if (/^@\/lib\/get_superrights\.js\b/i.test(script)) return rightsThereAre();
  const saved = SAVED_SCRIPTS.get(script.toLowerCase());
  if (!saved && script.startsWith('@')) throw refused('there is no saved script of this name');
  const plan = planOf(await parse(saved ?? script), rpc.core.clock.now());
  const results = await run(plan, rpc);
  return pageOf(
    plan.view.name,
    results.map((result) => keyedRow(result, plan)),
    rpc.args,
    plan.outputs.map(({ name }) => name),
  );
}

/** Loads the parser with the first query: most servers never see one. */
async function parse(script: string): Promise<Stmt> {
  const { parseStmt } = await import('sqlite3-parser');
  const parsed = parseStmt(script);
  if (parsed.status === 'ok') return parsed.root;
  throw refused((parsed.errors[0]?.message ?? 'it is not SQL').slice(0, LONGEST_REASON));
}

function rightsThereAre(): unknown {
  const rows = RIGHTS.map((right) => ({ key: rightRow(right).Path, row: rightRow(right) }));
  return queryResult('AdministrativeRights', rows, { columns: ['Description', 'Path'] });
}

function keyedRow({ group, values }: Result, { outputs, view, groupBy }: Plan): KeyedRow {
  const row: Row = {};
  for (const [index, output] of outputs.entries()) {
    const value = wireValue(values[index] ?? null, output);
    if (value !== undefined) row[output.name] = value;
  }
  const [keyColumn = 'ID'] = view.columns;
  const key = groupBy === null ? group[0]?.[keyColumn] : values[0];
  return { key: String(key ?? ''), row };
}

/** Clients read the columns they name as strings that are there; what `*` brings is left out when blank. */
function wireValue(value: Value, { named }: Output): Exclude<Value, Date | null> | undefined {
  if (value instanceof Date) return wireDate(value.getTime());
  if (value === null || value === '') return named ? '' : undefined;
  return value;
}
