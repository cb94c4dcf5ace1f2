/** Expressions of a query as functions over a row. What is not listed here is refused. */
import type { Expr, FunctionCallExpr, LikeExpr, Operator } from 'sqlite3-parser';
import { callOf } from './functions.js';
import { refused } from './refusal.js';
import { compare, like, likePattern, plainText, truth, type Value } from './values.js';

/** A row by its columns' names. */
export type ViewRow = Readonly<Record<string, Value>>;
export type Evaluate = (row: ViewRow) => Value;

/** Where names are looked up. */
export interface Scope {
  /** What the column, of the view if `table` is given, is of a row. Throws when there is none. */
  column(name: string, table?: string): Evaluate;
  now: number;
}

/** No expression nests deeper. */
const DEEPEST = 400;
const LONGEST_PATTERN = 500;

export function compile(expr: Expr, scope: Scope, depth = 0): Evaluate {
  if (depth > DEEPEST) throw refused('it nests too deep');
  const inner = (each: Expr) => compile(each, scope, depth + 1);
  switch (expr.type) {
    case 'StringLiteral':
      return constant(expr.value);
    case 'NumericLiteral':
      return constant(Number(expr.value));
    case 'NullLiteral':
      return constant(null);
    case 'Id':
      return scope.column(expr.name);
    case 'NameExpr':
      return scope.column(expr.name.text);
    case 'QualifiedExpr':
      return scope.column(expr.column.text, expr.table.text);
    case 'ParenthesizedExpr':
      return inner(only(expr.exprs));
    case 'CollateExpr':
      return inner(expr.expr);
    case 'UnaryExpr':
      return unary(expr.op, inner(expr.expr));
    case 'BinaryExpr':
      return binary(expr.op, inner(expr.left), inner(expr.right));
    case 'BetweenExpr':
      return between(inner(expr.lhs), inner(expr.start), inner(expr.end), expr.not);
    case 'InListExpr':
      return inList(inner(expr.lhs), (expr.rhs ?? []).map(inner), expr.not);
    case 'IsNullExpr':
      return isNull(inner(expr.expr), true);
    case 'NotNullExpr':
      return isNull(inner(expr.expr), false);
    case 'LikeExpr':
      return likeExpr(expr, inner(expr.lhs));
    case 'FunctionCallExpr':
      return call(expr, scope, inner);
    default:
      throw refused(`${wordsFor(expr.type)} is not served`);
  }
}

/** The text an expression is, when it is a literal. */
export function literalText(expr: Expr | undefined): string | null {
  return expr?.type === 'StringLiteral' ? expr.value : null;
}

function constant(value: Value): Evaluate {
  return () => value;
}

function only(exprs: readonly Expr[]): Expr {
  const [expr] = exprs;
  if (!expr || exprs.length > 1) throw refused('a row of values is not served');
  return expr;
}

function unary(op: string, operand: Evaluate): Evaluate {
  if (op === 'Not') return (row) => not(truth(operand(row)));
  if (op === 'Positive') return operand;
  if (op !== 'Negative') throw refused(`the operator ${op} is not served`);
  return (row) => {
    const value = operand(row);
    return value === null ? null : -Number(value);
  };
}

/** What each comparison wants of the order of its two sides. */
const COMPARISONS: Partial<Record<Operator, (difference: number) => boolean>> = {
  Equals: (difference) => difference === 0,
  NotEquals: (difference) => difference !== 0,
  Less: (difference) => difference < 0,
  LessEquals: (difference) => difference <= 0,
  Greater: (difference) => difference > 0,
  GreaterEquals: (difference) => difference >= 0,
};

function binary(op: Operator, left: Evaluate, right: Evaluate): Evaluate {
  const holds = COMPARISONS[op];
  if (holds)
    return (row) => {
      const difference = compare(left(row), right(row));
      return difference === null ? null : holds(difference);
    };
  if (op === 'And') return (row) => and(truth(left(row)), truth(right(row)));
  if (op === 'Or') return (row) => not(and(not(truth(left(row))), not(truth(right(row)))));
  if (op === 'Is') return (row) => same(left(row), right(row));
  if (op === 'IsNot') return (row) => !same(left(row), right(row));
  if (op === 'Concat')
    return (row) => {
      const [a, b] = [left(row), right(row)];
      return a === null || b === null ? null : plainText(a) + plainText(b);
    };
  throw refused(`the operator ${op} is not served`);
}

function same(left: Value, right: Value): boolean {
  return left === null || right === null ? left === right : compare(left, right) === 0;
}

function not(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

function and(left: boolean | null, right: boolean | null): boolean | null {
  if (left === false || right === false) return false;
  return left === null || right === null ? null : true;
}

function between(value: Evaluate, start: Evaluate, end: Evaluate, negated: boolean): Evaluate {
  const holds = (row: ViewRow) =>
    and(truth(binary('GreaterEquals', value, start)(row)), truth(binary('LessEquals', value, end)(row)));
  return negated ? (row) => not(holds(row)) : holds;
}

function inList(value: Evaluate, members: readonly Evaluate[], negated: boolean): Evaluate {
  const holds = (row: ViewRow) => {
    const wanted = value(row);
    const answers = members.map((member) => compare(wanted, member(row)));
    if (answers.includes(0)) return true;
    return answers.includes(null) ? null : false;
  };
  return negated ? (row) => not(holds(row)) : holds;
}

function isNull(value: Evaluate, wanted: boolean): Evaluate {
  return (row) => (value(row) === null) === wanted;
}

function likeExpr({ op, not: negated, rhs, escape: mark }: LikeExpr, value: Evaluate): Evaluate {
  const text = literalText(rhs);
  if (op !== 'Like' || text === null) throw refused('only LIKE with a text is served');
  if (text.length > LONGEST_PATTERN) throw refused('the pattern of LIKE is too long');
  const pattern = likePattern(text, literalText(mark));
  return (row) => {
    const candidate = value(row);
    return candidate === null ? null : like(plainText(candidate), pattern) !== negated;
  };
}

function call(expr: FunctionCallExpr, scope: Scope, inner: (expr: Expr) => Evaluate): Evaluate {
  if (expr.distinctness || expr.orderBy || expr.filterOver)
    throw refused(`DISTINCT, ORDER BY and OVER within ${expr.name.name}() are not served here`);
  const apply = callOf(expr.name.name, scope.now);
  const operands = (expr.args ?? []).map(inner);
  return (row) => apply(operands.map((operand) => operand(row)));
}

/** `SubqueryExpr` as `a subquery expr`. */
function wordsFor(type: string): string {
  return `a ${type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()}`;
}
