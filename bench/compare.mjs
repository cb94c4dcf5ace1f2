/** From samples to verdicts: the ratio of each round, their median and spread, and whether the bar holds. */
import { median } from './measure/statistics.mjs';

/**
 * @typedef {object} Sample
 * @property {string} stage
 * @property {string} subject
 * @property {number} round
 * @property {object} figures
 *
 * @param {import('./rows.mjs').Bar[]} bars
 * @param {Sample[]} samples
 */
export function compareAll(bars, samples) {
  return bars.map((bar) => compare(bar, samples)).filter(Boolean);
}

function compare(bar, samples) {
  const values = (subject) =>
    new Map(
      samples
        .filter((sample) => sample.stage === bar.stage && sample.subject === subject)
        .map(({ round, figures }) => [round, figures[bar.figure]]),
    );
  const others = bar.against === null ? null : values(bar.against);
  const ratios = [...values(bar.of)]
    .filter(([round]) => !others || others.has(round))
    .map(([round, value]) => (others ? value / others.get(round) : value))
    .filter(Number.isFinite);
  if (ratios.length === 0) return null;
  const ratio = median(ratios);
  return { ...bar, ratio, spread: [Math.min(...ratios), Math.max(...ratios)], holds: holds(bar, ratio) };
}

/** Null for a row that only informs. */
function holds({ least, most }, ratio) {
  if (least === undefined && most === undefined) return null;
  return ratio >= (least ?? Number.NEGATIVE_INFINITY) && ratio <= (most ?? Number.POSITIVE_INFINITY);
}

/** The median of every figure, over the rounds, of each stage and subject. */
export function summarize(samples) {
  const groups = Map.groupBy
    ? Map.groupBy(samples, keyOf)
    : samples.reduce((all, sample) => {
        const key = keyOf(sample);
        return all.set(key, [...(all.get(key) ?? []), sample]);
      }, new Map());
  return [...groups.values()].map((group) => {
    const [{ stage, subject, figures }] = group;
    const names = Object.keys(figures).filter((name) => typeof figures[name] === 'number');
    const middle = names.map((name) => [name, median(group.map((sample) => sample.figures[name]))]);
    const errors = group.reduce((sum, sample) => sum + (sample.figures.errors ?? 0), 0);
    const firstError = group.find((sample) => sample.figures.firstError)?.figures.firstError ?? null;
    return { stage, subject, rounds: group.length, ...Object.fromEntries(middle), errors, firstError };
  });
}

function keyOf({ stage, subject }) {
  return `${stage} ${subject}`;
}
