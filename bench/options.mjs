import { parseArgs } from 'node:util';
import { BARS, stagesOf } from './rows.mjs';
import { scaleOf } from './size/grow.mjs';
import { GROWTH_BARS } from './size/rows.mjs';

/** Sallyport beside itself differs by less than two windows that follow one another do: many short ones tell. */
const IN_GROWTH = { rounds: 10, seconds: 2 };
const ALONE = { rounds: 3, seconds: 8 };

const USAGE = `npm run bench -- [options]

  --only STAGES   some of: ${stagesOf(BARS).join(', ')}
  --rounds N      rounds of each stage (3; 10 with --size)
  --size SIZE     beside itself with a large tenant: large (10 million live tokens, 1 million users, 10,000
                  apps), or a share of large; stages: ${stagesOf(GROWTH_BARS).join(', ')}
  --quick         one short round: tells whether it runs, not how fast
  --json FILE     write all samples and verdicts there
  --publish       write docs/performance.md, or docs/growth.md with --size, and its data (a full run does)
`;

/** What one run does. Ends the process on --help and on wrong usage. */
export function readOptions(args) {
  const { values, fault } = parse(args);
  const only = values.only?.split(',');
  const scale = scaleOf(values.size);
  const bars = scale > 0 ? GROWTH_BARS : BARS;
  const unknown = only?.filter((stage) => !stagesOf(bars).includes(stage)) ?? [];
  if (values.help || fault || unknown.length > 0) {
    const why = fault ?? (unknown.length > 0 ? `no stage ${unknown.join(', ')}` : '');
    process.stderr.write(`${why}\n${USAGE}`.trimStart());
    process.exit(values.help ? 0 : 2);
  }
  const { quick } = values;
  const { rounds, seconds } = quick ? { rounds: 1, seconds: 1 } : scale > 0 ? IN_GROWTH : ALONE;
  return {
    bars,
    stages: only ?? stagesOf(bars),
    rounds: values.rounds ? Number(values.rounds) : rounds,
    warmup: Math.max(0.5, seconds / 4),
    warmVisits: quick ? 0 : 625 * seconds,
    seconds,
    stock: 2_000 * seconds,
    scale,
    tokens: quick ? 2_000 : 100_000,
    json: values.json,
    publish: values.publish || (!only && !quick),
    command: commandOf(args),
  };
}

/** The command as others would type it: where this one wrote its samples is nobody's concern. */
function commandOf(args) {
  const at = args.indexOf('--json');
  const shown = args.filter((_, index) => at === -1 || (index !== at && index !== at + 1));
  return ['npm run bench', ...(shown.length > 0 ? ['--', ...shown] : [])].join(' ');
}

function parse(args) {
  const string = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  try {
    return parseArgs({
      args,
      options: {
        only: string,
        rounds: string,
        size: string,
        quick: flag,
        json: string,
        publish: flag,
        help: flag,
      },
    });
  } catch (error) {
    return { values: {}, fault: error.message };
  }
}
