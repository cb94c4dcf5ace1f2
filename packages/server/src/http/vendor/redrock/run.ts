/** Carries a plan out over the pages of its view. */
import type { ViewRow } from './expressions.js';
import type { Plan } from './plan.js';
import { refused } from './refusal.js';
import { isTrue, order, plainText, type Value } from './values.js';
import type { Source } from './views.js';

/** Milliseconds a query may take. */
const LONGEST = 2000;

/** One row of the answer: the rows it stands for, and its values in the order of the plan's outputs. */
export interface Result {
  group: readonly ViewRow[];
  values: readonly Value[];
}

/** Throws `invalid` when the view has too many rows, or the time is over. */
export async function run(plan: Plan, source: Source): Promise<Result[]> {
  const groups = grouped(await matching(plan, source), plan);
  const results = groups.map((group) => ({ group, values: plan.outputs.map(({ of }) => of(group)) }));
  const chosen = plan.distinct ? distinct(results) : results;
  const sorted = plan.orderBy.length === 0 ? chosen : inOrder(chosen, plan);
  const end = plan.limit === null || plan.limit < 0 ? undefined : plan.offset + plan.limit;
  return sorted.slice(Math.max(0, plan.offset), end);
}

async function matching({ view, hints, where }: Plan, source: Source): Promise<ViewRow[]> {
  const { clock } = source.core;
  const deadline = clock.now() + LONGEST;
  const rows: ViewRow[] = [];
  for await (const page of view.rows(source, hints)) {
    for (const row of page) if (!where || isTrue(where(row))) rows.push(row);
    if (clock.now() > deadline) throw refused('it takes too long; narrow it down');
  }
  return rows;
}

function grouped(rows: readonly ViewRow[], { groupBy }: Plan): (readonly ViewRow[])[] {
  if (groupBy === null) return rows.map((row) => [row]);
  if (groupBy.length === 0) return [rows];
  const groups = new Map<string, ViewRow[]>();
  for (const row of rows) {
    const key = keyOf(groupBy.map((term) => term(row)));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

function distinct(results: readonly Result[]): Result[] {
  return [...new Map(results.map((result) => [keyOf(result.values), result])).values()];
}

function inOrder(results: readonly Result[], { orderBy }: Plan): Result[] {
  const keyed = results.map((result) => ({
    result,
    keys: orderBy.map(({ of }) => of(result.group, result.values)),
  }));
  keyed.sort((a, b) => {
    for (const [index, { descends }] of orderBy.entries()) {
      const difference = order(a.keys[index] ?? null, b.keys[index] ?? null);
      if (difference !== 0) return descends ? -difference : difference;
    }
    return 0;
  });
  return keyed.map(({ result }) => result);
}

/** Equal for values that compare as equal. */
function keyOf(values: readonly Value[]): string {
  return JSON.stringify(values.map((value) => (value === null ? null : plainText(value).toLowerCase())));
}
