/** What of a query's condition a view can use to read less. The condition itself is still checked on every row. */
import type { Expr } from 'sqlite3-parser';
import { compile, literalText } from './expressions.js';
import { likePattern, longestLiteral } from './values.js';

export interface Hints {
  /** What a column, in lower case, must equal. */
  equals: ReadonlyMap<string, string>;
  /** What some column must contain, by its name in lower case. */
  contains: ReadonlyMap<string, string>;
  /** Bounds of the instants wanted. */
  from?: number;
  until?: number;
}

/** `instant` is the name, in lower case, of the column that orders the view in time, if one does. */
export function hintsIn(where: Expr | undefined, instant: string | null, now: number): Hints {
  const conditions = conjuncts(where);
  const bounds = conditions.flatMap((condition) => boundsIn(condition, instant));
  return {
    equals: new Map(conditions.flatMap(equalityIn)),
    contains: new Map(conditions.flatMap(fragmentIn)),
    ...edge(bounds, 'from', now),
    ...edge(bounds, 'until', now),
  };
}

function equalityIn(condition: Expr): [string, string][] {
  if (condition.type !== 'BinaryExpr' || condition.op !== 'Equals') return [];
  const column = columnIn(condition.left);
  const text = literalText(condition.right);
  return column !== null && text !== null ? [[column, text]] : [];
}

function fragmentIn(condition: Expr): [string, string][] {
  if (condition.type !== 'LikeExpr' || condition.op !== 'Like' || condition.not) return [];
  const column = columnIn(condition.lhs);
  const pattern = literalText(condition.rhs);
  if (column === null || pattern === null) return [];
  return [[column, longestLiteral(likePattern(pattern, literalText(condition.escape)))]];
}

interface Bound {
  edge: 'from' | 'until';
  at: Expr;
}

/** Bounds are kept wide: `>` counts as `>=`. */
function boundsIn(condition: Expr, instant: string | null): Bound[] {
  if (instant === null) return [];
  if (condition.type === 'BetweenExpr' && !condition.not && columnIn(condition.lhs) === instant)
    return [
      { edge: 'from', at: condition.start },
      { edge: 'until', at: condition.end },
    ];
  if (condition.type !== 'BinaryExpr' || columnIn(condition.left) !== instant) return [];
  if (condition.op === 'Greater' || condition.op === 'GreaterEquals')
    return [{ edge: 'from', at: condition.right }];
  if (condition.op === 'Less' || condition.op === 'LessEquals')
    return [{ edge: 'until', at: condition.right }];
  return [];
}

/** The tightest bound on that side, if there is any: all conditions must hold. */
function edge(
  bounds: readonly Bound[],
  side: Bound['edge'],
  now: number,
): { [side in Bound['edge']]?: number } {
  const instants = bounds
    .filter((bound) => bound.edge === side)
    .map(({ at }) => constantInstant(at, now))
    .filter((at) => at !== null);
  if (instants.length === 0) return {};
  return { [side]: side === 'from' ? Math.max(...instants) : Math.min(...instants) };
}

/** The conditions that must all hold. */
function conjuncts(where: Expr | undefined): Expr[] {
  const found: Expr[] = [];
  const waiting = where ? [where] : [];
  for (let expr = waiting.pop(); expr; expr = waiting.pop())
    if (expr.type === 'BinaryExpr' && expr.op === 'And') waiting.push(expr.left, expr.right);
    else if (expr.type === 'ParenthesizedExpr' && expr.exprs.length === 1) waiting.push(...expr.exprs);
    else found.push(expr);
  return found;
}

function columnIn(expr: Expr): string | null {
  if (expr.type === 'Id') return expr.name.toLowerCase();
  return expr.type === 'QualifiedExpr' ? expr.column.text.toLowerCase() : null;
}

/** The instant that `DateFunc(…)` of literals is; null for anything else. */
function constantInstant(expr: Expr, now: number): number | null {
  const literals = ['StringLiteral', 'NumericLiteral', 'UnaryExpr'];
  if (expr.type !== 'FunctionCallExpr' || !expr.args?.every(({ type }) => literals.includes(type)))
    return null;
  const value = compile(expr, { now, column: () => () => null })({});
  return value instanceof Date ? value.getTime() : null;
}
