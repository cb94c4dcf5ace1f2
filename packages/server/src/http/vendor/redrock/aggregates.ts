/** What is said of many rows at once: COUNT, MIN, MAX, SUM, AVG. */
import type { Expr } from 'sqlite3-parser';
import { compile, type Evaluate, type Scope, type ViewRow } from './expressions.js';
import { refused } from './refusal.js';
import { order, plainText, type Value } from './values.js';

/** A value of a group of rows. */
export type Aggregate = (rows: readonly ViewRow[]) => Value;

type Known = Exclude<Value, null>;

const AGGREGATES = new Map<string, (values: readonly Known[]) => Value>([
  ['count', (values) => values.length],
  ['min', (values) => [...values].sort(order)[0] ?? null],
  ['max', (values) => [...values].sort(order).at(-1) ?? null],
  ['sum', sum],
  ['avg', (values) => (values.length === 0 ? null : (sum(values) ?? 0) / values.length)],
]);

/** The aggregate that `expr` is; null when it is about one row. */
export function aggregateOf(expr: Expr, scope: Scope): Aggregate | null {
  if (expr.type === 'FunctionCallStarExpr') {
    if (expr.name.name.toLowerCase() !== 'count' || expr.filterOver)
      throw refused('of functions over *, only COUNT(*) is served');
    return (rows) => rows.length;
  }
  if (expr.type !== 'FunctionCallExpr') return null;
  const summarise = AGGREGATES.get(expr.name.name.toLowerCase());
  if (!summarise) return null;
  const [operand, ...more] = expr.args ?? [];
  if (!operand || more.length > 0 || expr.orderBy || expr.filterOver)
    throw refused(`${expr.name.name}() takes one operand and nothing else`);
  const evaluate = compile(operand, scope);
  const isDistinct = expr.distinctness === 'Distinct';
  return (rows) => {
    const values = knownValues(rows, evaluate);
    return summarise(isDistinct ? distinct(values) : values);
  };
}

function knownValues(rows: readonly ViewRow[], evaluate: Evaluate): Known[] {
  return rows.map(evaluate).filter((value): value is Known => value !== null);
}

function distinct(values: readonly Known[]): Known[] {
  return [...new Map(values.map((value) => [plainText(value).toLowerCase(), value])).values()];
}

function sum(values: readonly Known[]): number | null {
  return values.length === 0 ? null : values.reduce((total: number, value) => total + Number(value), 0);
}
