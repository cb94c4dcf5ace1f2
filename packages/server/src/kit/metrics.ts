/**
 * Figures of a running process, kept in plain numbers so that counting costs nothing, and printed in Prometheus'
 * text format when asked for. Label values come from fixed lists of the program, never from a request; should a
 * family grow beyond its bound all the same, what is new counts as `other`.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */

/** How the figures of several processes become one. */
type Merge = 'sum' | 'max';

/** One family at one instant, as one process sends it to another. */
export interface FamilySnapshot {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  merge: Merge;
  /** The printed labels, such as `{type="login.success"}`, with the figure; histograms hold one entry per bucket. */
  samples: [suffixAndLabels: string, value: number][];
}

export interface Counter {
  add(labels: readonly string[], by?: number): void;
}

export interface Histogram {
  /** @param seconds what was measured */
  observe(labels: readonly string[], seconds: number): void;
}

export interface GaugeOptions {
  merge?: Merge;
  /** `counter` for a figure that only grows. */
  type?: 'gauge' | 'counter';
}

export interface Metrics {
  counter(name: string, help: string, labelNames: readonly string[]): Counter;
  histogram(name: string, help: string, labelNames: readonly string[]): Histogram;
  /** A figure that is read when asked for; one that cannot be read is left out. */
  gauge(name: string, help: string, read: () => number | Promise<number>, options?: GaugeOptions): void;
  snapshot(): Promise<FamilySnapshot[]>;
}

/** Label combinations of one family. */
const BOUND = 500;

/** Upper ends of the buckets, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

interface Series {
  labels: string;
  counts: number[];
  sum: number;
}

/** The way to a series, label by label: joining them would cost each answer more than counting it. */
interface Branch {
  next: Map<string, Branch>;
  series: Series | null;
}

const newBranch = (): Branch => ({ next: new Map(), series: null });

/** Printed labels by their values; prints them once per combination. */
function createSeries(labelNames: readonly string[], size: number) {
  const root = newBranch();
  const all: Series[] = [];
  const print = (values: readonly string[]) =>
    labelNames.map((name, at) => `${name}="${escapeLabel(values[at] ?? '')}"`).join(',');
  function of(values: readonly string[]): Series {
    let at: Branch | undefined = root;
    for (const value of values) at = at?.next.get(value);
    return at?.series ?? add(values);
  }
  function add(values: readonly string[]): Series {
    if (all.length >= BOUND && values !== OTHERS) return of(OTHERS);
    let at = root;
    for (const value of values) {
      const next = at.next.get(value) ?? newBranch();
      at.next.set(value, next);
      at = next;
    }
    at.series = { labels: print(values), counts: new Array<number>(size).fill(0), sum: 0 };
    all.push(at.series);
    return at.series;
  }
  return { of, values: () => all };
}

/** What is counted together once a family is full. */
const OTHERS: readonly string[] = ['other'];

function escapeLabel(value: string): string {
  return value.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`));
}

const braced = (labels: string) => (labels === '' ? '' : `{${labels}}`);

export function createMetrics(): Metrics {
  const families: (() => Promise<FamilySnapshot>)[] = [];
  return {
    counter(name, help, labelNames) {
      const series = createSeries(labelNames, 1);
      families.push(async () => ({
        ...{ name, help, type: 'counter', merge: 'sum' },
        samples: series.values().map(({ labels, sum }) => [braced(labels), sum]),
      }));
      return {
        add: (labels, by = 1) => {
          series.of(labels).sum += by;
        },
      };
    },
    histogram(name, help, labelNames) {
      const series = createSeries(labelNames, BUCKETS.length + 1);
      families.push(async () => ({
        ...{ name, help, type: 'histogram', merge: 'sum' },
        samples: series.values().flatMap(bucketsOf),
      }));
      return {
        observe: (labels, seconds) => {
          const one = series.of(labels);
          const bucket = BUCKETS.findIndex((end) => seconds <= end);
          const at = bucket === -1 ? BUCKETS.length : bucket;
          one.counts[at] = (one.counts[at] ?? 0) + 1;
          one.sum += seconds;
        },
      };
    },
    gauge(name, help, read, { merge = 'sum', type = 'gauge' } = {}) {
      families.push(async () => ({
        ...{ name, help, type, merge },
        samples: await Promise.resolve()
          .then(read)
          .then(
            (value): [string, number][] => [['', value]],
            () => [],
          ),
      }));
    },
    snapshot: () => Promise.all(families.map((family) => family())),
  };
}

/** Cumulative, as the format wants them. */
function bucketsOf({ labels, counts, sum }: Series): [string, number][] {
  const prefix = labels === '' ? '' : `${labels},`;
  let total = 0;
  const buckets = counts.map((count, at): [string, number] => {
    total += count;
    return [`_bucket{${prefix}le="${BUCKETS[at] ?? '+Inf'}"}`, total];
  });
  return [...buckets, [`_sum${braced(labels)}`, sum], [`_count${braced(labels)}`, total]];
}

/** The figures of several processes as if they were one. */
export function mergeSnapshots(snapshots: readonly FamilySnapshot[][]): FamilySnapshot[] {
  const merged = new Map<string, FamilySnapshot & { byLabel: Map<string, number> }>();
  for (const family of snapshots.flat()) {
    const known = merged.get(family.name) ?? { ...family, byLabel: new Map<string, number>() };
    merged.set(family.name, known);
    for (const [labels, value] of family.samples) {
      const before = known.byLabel.get(labels);
      const both = family.merge === 'sum' ? (before ?? 0) + value : Math.max(before ?? value, value);
      known.byLabel.set(labels, both);
    }
  }
  return [...merged.values()].map(({ byLabel, ...family }) => ({ ...family, samples: [...byLabel] }));
}

/** The text that a scraper reads. */
export function printMetrics(families: readonly FamilySnapshot[]): string {
  const blocks = families.map(({ name, help, type, samples }) =>
    [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(([rest, value]) => `${name}${rest} ${value}`),
    ].join('\n'),
  );
  return `${blocks.join('\n')}\n`;
}
