/** A SELECT as what is to be done, every name looked up and every part that is not served refused. */
import type {
  Expr,
  ExprResultColumn,
  FromClause,
  Limit,
  ResultColumn,
  Select,
  SelectFrom,
  SortedColumn,
  Stmt,
} from 'sqlite3-parser';
import { type Aggregate, aggregateOf } from './aggregates.js';
import { compile, type Evaluate, type Scope, type ViewRow } from './expressions.js';
import { type Hints, hintsIn } from './hints.js';
import { refused } from './refusal.js';
import type { Value } from './values.js';
import { VIEWS, type View } from './views.js';

/** A column of the answer. Without groups, a row is a group of its own. */
export interface Output {
  name: string;
  of: Aggregate;
  /** Whether it was asked for by name; what `*` brings along is left out when blank. */
  named: boolean;
}

export interface Order {
  of(group: readonly ViewRow[], outputs: readonly Value[]): Value;
  descends: boolean;
}

export interface Plan {
  view: View;
  hints: Hints;
  where: Evaluate | null;
  /** Null when every row stands for itself; empty when all rows are one group. */
  groupBy: readonly Evaluate[] | null;
  outputs: readonly Output[];
  distinct: boolean;
  orderBy: readonly Order[];
  limit: number | null;
  offset: number;
}

/** Throws `invalid` with the reason why a statement is not answered. */
export function planOf(statement: Stmt, now: number): Plan {
  if (statement.type !== 'SelectStmt') throw refused('only SELECT is served');
  const { body } = statement;
  const select = simpleSelect(body);
  const { view, alias } = viewIn(select.from);
  const scope = scopeOf(view, alias, now);
  const outputs = select.columns.flatMap((column, index) => outputsOf(column, index, view, scope));
  const hasAggregate = select.columns.some(isAggregateColumn);
  const groupBy = select.groupBy?.map((expr) => groupTerm(expr, select.columns, scope)) ?? null;
  return {
    view,
    hints: hintsIn(select.whereClause, view.instant, now),
    where: select.whereClause ? compile(select.whereClause, scope) : null,
    groupBy: groupBy ?? (hasAggregate ? [] : null),
    outputs,
    distinct: select.distinctness === 'Distinct',
    orderBy: (body.orderBy ?? []).map((term) => orderTerm(term, outputs, scope)),
    limit: body.limit ? count(body.limit.expr) : null,
    offset: offsetOf(body.limit),
  };
}

function simpleSelect({ select, compounds, with: tables }: Select): SelectFrom {
  if (tables) throw refused('WITH is not served');
  if (compounds && compounds.length > 0) throw refused('UNION, EXCEPT and INTERSECT are not served');
  if (select.type !== 'SelectFrom') throw refused('VALUES is not served');
  if (select.having) throw refused('HAVING is not served');
  if (select.windowClause) throw refused('WINDOW is not served');
  return select;
}

function viewIn(from: FromClause | undefined): { view: View; alias: string | null } {
  if (!from?.select) throw refused('FROM names no view');
  if (from.joins && from.joins.length > 0) throw refused('joins are not served: FROM names one view');
  const { select: table } = from;
  if (table.type !== 'TableSelectTable' || table.tblName.dbName)
    throw refused('FROM names one view, not a subquery, a function or another schema');
  const name = table.tblName.objName.text;
  const view = VIEWS.find((each) => each.name.toLowerCase() === name.toLowerCase());
  const known = VIEWS.map((each) => each.name).join(', ');
  if (!view) throw refused(`there is no view "${name.slice(0, 100)}"; there are ${known}`);
  return { view, alias: table.alias?.name.text ?? null };
}

function scopeOf(view: View, alias: string | null, now: number): Scope {
  const tables = [view.name, alias].flatMap((name) => (name === null ? [] : [name.toLowerCase()]));
  return {
    now,
    column(name, table) {
      if (table !== undefined && !tables.includes(table.toLowerCase()))
        throw refused(`"${table.slice(0, 100)}" is not the view that FROM names`);
      const column = columnNamed(view, name);
      if (column !== null) return (row) => row[column] ?? null;
      if (table === undefined && /^(true|false)$/i.test(name)) return () => /^true$/i.test(name);
      throw refused(`${view.name} has no column "${name.slice(0, 100)}"; it has ${view.columns.join(', ')}`);
    },
  };
}

function columnNamed(view: View, name: string): string | null {
  return view.columns.find((column) => column.toLowerCase() === name.toLowerCase()) ?? null;
}

function outputsOf(column: ResultColumn, index: number, view: View, scope: Scope): Output[] {
  if (column.type === 'ExprResultColumn') {
    const { expr } = column;
    const of = aggregateOf(expr, scope) ?? onFirst(compile(expr, scope));
    return [{ name: outputName(column, index, view), of, named: true }];
  }
  const table = column.type === 'TableStarResultColumn' ? column.table.text : undefined;
  return view.columns.map((name) => ({ name, of: onFirst(scope.column(name, table)), named: false }));
}

function onFirst(evaluate: Evaluate): Aggregate {
  return ([row = {}]) => evaluate(row);
}

function outputName({ expr, alias }: ExprResultColumn, index: number, view: View): string {
  if (alias) return alias.name.text;
  if (expr.type === 'Id') return columnNamed(view, expr.name) ?? expr.name;
  if (expr.type === 'QualifiedExpr') return columnNamed(view, expr.column.text) ?? expr.column.text;
  if (expr.type === 'FunctionCallStarExpr' || expr.type === 'FunctionCallExpr') return expr.name.name;
  return `Column${index + 1}`;
}

function isAggregateColumn(column: ResultColumn): boolean {
  const noColumns: Scope = { now: 0, column: () => () => null };
  return column.type === 'ExprResultColumn' && aggregateOf(column.expr, noColumns) !== null;
}

/** A name of the select list, a position in it, or an expression over the view. */
function groupTerm(expr: Expr, columns: readonly ResultColumn[], scope: Scope): Evaluate {
  const named = columns.find(
    (column) =>
      column.type === 'ExprResultColumn' &&
      expr.type === 'Id' &&
      column.alias?.name.text.toLowerCase() === expr.name.toLowerCase(),
  );
  const chosen = expr.type === 'NumericLiteral' ? columns[Number(expr.value) - 1] : named;
  if (expr.type === 'NumericLiteral' && chosen?.type !== 'ExprResultColumn')
    throw refused(`GROUP BY ${expr.value} is no position of the select list`);
  if (chosen?.type !== 'ExprResultColumn') return compile(expr, scope);
  if (isAggregateColumn(chosen)) throw refused('GROUP BY an aggregate makes no sense');
  return compile(chosen.expr, scope);
}

function orderTerm({ expr: sorted, order }: SortedColumn, outputs: readonly Output[], scope: Scope): Order {
  const expr = sorted.type === 'CollateExpr' ? sorted.expr : sorted;
  const descends = order === 'Desc';
  const name = expr.type === 'Id' ? expr.name.toLowerCase() : null;
  const position =
    expr.type === 'NumericLiteral'
      ? Number(expr.value) - 1
      : outputs.findIndex((output) => output.name.toLowerCase() === name);
  if (position >= 0 && position < outputs.length)
    return { of: (_, values) => values[position] ?? null, descends };
  if (expr.type === 'NumericLiteral')
    throw refused(`ORDER BY ${expr.value} is no position of the select list`);
  const of = aggregateOf(expr, scope) ?? onFirst(compile(expr, scope));
  return { of, descends };
}

/** `LIMIT a, b` and `LIMIT b OFFSET a` both skip `a`; the parser tells them apart. */
function offsetOf(limit: Limit | undefined): number {
  return limit?.offset ? count(limit.offset) : 0;
}

function count(expr: Expr): number {
  const value = expr.type === 'NumericLiteral' ? Number(expr.value) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw refused('LIMIT and OFFSET take a whole number');
  return value;
}
