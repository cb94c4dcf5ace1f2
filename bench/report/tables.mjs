/** The two tables of a run, as Markdown that also reads well in a terminal. */

export function print(text) {
  process.stdout.write(`${text}\n`);
}

const FIGURES = {
  perCpu: 'requests per CPU-second',
  perSecond: 'requests per second',
  p99: 'p99',
  milliseconds: 'milliseconds',
  idle: 'MiB',
  after: 'MiB',
  growth: 'MiB',
  ratio: 'median of a refusal',
  slowdown: 'p99 meanwhile, of p99 before',
  afterPause: 'CPU of the first, of before',
};

/** Every bar with its ratio, spread and verdict. */
export function barsTable(bars) {
  const rows = bars.map((bar) => [
    bar.row ?? '',
    bar.what,
    FIGURES[bar.figure],
    `${short(bar.ratio)}${bar.against ? ` of ${bar.against}` : ''}`,
    bar.spread.map(short).join(' to '),
    barText(bar),
    bar.goal ?? '',
    { true: 'holds', false: 'MISSED', null: '' }[bar.holds],
  ]);
  return table(['#', 'what', 'figure', 'ratio', 'spread', 'bar', 'goal', ''], rows);
}

function barText({ least, most }) {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (least !== undefined) return `>= ${least}`;
  return most === undefined ? '' : `<= ${most}`;
}

/** The medians behind the ratios. */
export function figuresTable(figures) {
  const columns = {
    perCpu: 'per CPU-s',
    perSecond: 'per s',
    p50: 'p50 ms',
    p99: 'p99 ms',
    milliseconds: 'start ms',
    idle: 'idle MiB',
    after: '100,000 tokens MiB',
    twice: '200,000 tokens MiB',
    knownMedian: 'known name ms',
    unknownMedian: 'unknown name ms',
    before: 'p99 before ms',
    meanwhile: 'p99 meanwhile ms',
    hot: 'before pause us',
    cold: 'after pause us',
  };
  const used = Object.keys(columns).filter((name) => figures.some((one) => one[name] !== undefined));
  const rows = figures.map((one) => [
    one.stage,
    one.subject,
    ...used.map((name) => (one[name] === undefined ? '' : short(one[name]))),
    one.errors > 0 ? `${one.errors}: ${one.firstError}`.slice(0, 80) : '0',
  ]);
  const heads = used.map((name) => columns[name]);
  return table(['stage', 'subject', ...heads, 'errors'], rows);
}

function short(value) {
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

function table(heads, rows) {
  const all = [heads, ...rows].map((row) => row.map(String));
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(all[0]), rule, ...all.slice(1).map(line)].join('\n');
}
