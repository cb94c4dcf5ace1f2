/**
 * The bars. Each compares one figure of Sallyport with that of another subject in the same rounds, and holds when
 * the median of the rounds' ratios is at least `least` or at most `most`; without either it only informs. `against:
 * null` looks at the figure itself.
 *
 * @typedef {object} Bar
 * @property {number | null} row of the table of bars; null beyond it
 * @property {string} what
 * @property {string} stage a flow, or one of the stages of `stages.mjs`
 * @property {'perCpu' | 'perSecond' | 'p99' | 'milliseconds' | 'idle' | 'after' | 'growth' | 'ratio' | 'slowdown' | 'afterPause'} figure
 * @property {string} of
 * @property {string | null} against
 * @property {number} [least]
 * @property {number} [most]
 * @property {number} [goal]
 */

const PER_CPU = 'perCpu';

/** Rows that compare requests per CPU-second of Sallyport with a ceiling and with the peer. */
function perCpu(row, stage, what, ceiling, peers) {
  const [name, least, goal] = ceiling;
  return [
    { row, what, stage, figure: PER_CPU, of: 'sallyport', against: name, least, goal },
    ...Object.entries(peers).map(([against, atLeast]) => ({
      row,
      what,
      stage,
      figure: PER_CPU,
      of: 'sallyport',
      against,
      least: atLeast,
    })),
  ];
}

const FLOW_ROWS = [
  ...perCpu(1, 'cc-jwt', 'client credentials to JWT', ['bare-async', 0.85, 0.92], { 'oidc-sqlite': 1.3 }),
  ...perCpu(4, 'cc-opaque', 'client credentials to opaque', ['bare-group-full', 0.5, 0.65], {
    'oidc-sqlite': 1.9,
    'oidc-sqlite-full': 3,
  }),
  ...perCpu(5, 'introspect', 'introspection', ['bare-group-full', 0.5, 0.65], { 'oidc-sqlite': 2.4 }),
  ...perCpu(6, 'keys', 'key set', ['bare-async', 0.7, 0.8], { 'oidc-memory': 2.5 }),
  ...perCpu(6, 'discovery', 'discovery', ['bare-async', 0.7, 0.8], { 'oidc-memory': 2.5 }),
  ...perCpu(7, 'redeem', 'code redemption', ['bare-group-full', 0.8, 0.9], { 'oidc-sqlite': 1.4 }),
  ...perCpu(8, 'authorize', 'authorize and redemption', ['bare-group-full', 0.7, 0.85], {
    'oidc-sqlite': 1.9,
  }),
  ...perCpu(9, 'refresh', 'refresh rotation', ['bare-group-full', 0.8, 0.9], { 'oidc-sqlite': 1.5 }),
];

const wall = { row: 2, what: 'the same, wall clock', stage: 'cc-jwt', figure: 'perSecond', of: 'sallyport' };
const OTHER_ROWS = [
  { ...wall, against: 'bare-sync', least: 1.4, goal: 1.6 },
  { ...wall, against: 'oidc-sqlite', least: 1.2 },
  {
    row: 3,
    what: 'the same with ES256',
    stage: 'cc-jwt',
    figure: PER_CPU,
    of: 'sallyport+es256',
    against: 'sallyport',
    least: 3,
    goal: 4,
  },
  {
    row: 10,
    what: 'slow-hashed secret against a digest',
    stage: 'cc-jwt',
    figure: PER_CPU,
    of: 'sallyport',
    against: 'sallyport+generated',
    least: 0.95,
    goal: 0.98,
  },
  ...memoryAndStart(),
  {
    row: 14,
    what: '50 patterns, linear time',
    stage: 'patterns',
    figure: PER_CPU,
    of: 'sallyport',
    against: 'native-loop',
    least: 1,
    goal: 1.9,
  },
];

function memoryAndStart() {
  const of = 'sallyport';
  const start = { row: 11, what: 'cold start to first 200', stage: 'start', figure: 'milliseconds', of };
  const idle = { row: 12, what: 'memory, idle', stage: 'start', figure: 'idle', of };
  const tokens = { row: 13, what: 'memory after 100,000 tokens', stage: 'memory', figure: 'after', of };
  return [
    { ...start, against: 'bare-async', most: 3.2, goal: 2.7 },
    { ...start, against: 'oidc-sqlite', most: 1 },
    { ...idle, against: 'fastify-async', most: 1.4 },
    { ...idle, against: 'oidc-sqlite', most: 1.2 },
    { ...tokens, against: 'bare-group-full', most: 1.5 },
    { ...tokens, against: 'oidc-sqlite', most: 0.85 },
    { ...tokens, what: 'growth to 200,000 tokens, MiB', figure: 'growth', against: null, most: 10 },
  ];
}

/** Row 15: every flow of the rows above that has a ceiling, by its p99. */
const P99_ROWS = FLOW_ROWS.filter(
  ({ against }) => !['oidc-memory', 'oidc-sqlite-full'].includes(against),
).map(({ what, stage, against }) => {
  const bar = against === 'oidc-sqlite' ? { most: 1 } : { most: 2, goal: 1.3 };
  return { row: 15, what: `p99: ${what}`, stage, figure: 'p99', of: 'sallyport', against, ...bar };
});

/** Row 16, and how PostgreSQL stands to SQLite. */
const POSTGRES_ROWS = ['cc-jwt', 'cc-opaque', 'introspect'].flatMap((stage) => [
  {
    row: 16,
    what: `a second worker: ${stage}`,
    stage,
    figure: PER_CPU,
    of: 'sallyport-postgres-2',
    against: 'sallyport-postgres',
    least: 0.9,
    goal: 0.95,
  },
  {
    row: null,
    what: `on PostgreSQL: ${stage}`,
    stage,
    figure: PER_CPU,
    of: 'sallyport-postgres',
    against: 'sallyport',
  },
]);

/** What two processes on these cores cost `node:http` itself: row 16 cannot be asked more of. */
const MACHINE_ROWS = ['cc-jwt', 'keys'].map((stage) => ({
  row: null,
  what: `a second worker of node:http: ${stage}`,
  stage,
  figure: PER_CPU,
  of: 'bare-async-2',
  against: 'bare-async',
}));

/** Flows of the product that have no bar: what they cost beside the nearest ceiling. */
const informing = (stage, what, against) => ({
  row: null,
  what,
  stage,
  figure: PER_CPU,
  of: 'sallyport',
  against,
});
const MORE_ROWS = [
  informing('cc-jwt', 'client credentials beside bare Fastify', 'fastify-async'),
  informing('call-jwt', 'scoped call with a JWT', null),
  informing('call-opaque', 'scoped call with an opaque token', null),
  {
    row: null,
    what: 'list pages, p99 in ms',
    stage: 'lists',
    figure: 'p99',
    of: 'sallyport',
    against: null,
    most: 100,
  },
  informing('password', 'password grant beside one argon2id', 'bare-async'),
  {
    row: null,
    what: 'refusing an unknown name, beside a known one',
    stage: 'names',
    figure: 'ratio',
    of: 'sallyport',
    against: null,
    least: 0.85,
    most: 1.15,
  },
  informing('dance', 'Start and AdvanceAuthentication', null),
  ...['sallyport', 'sallyport-postgres-2'].map((of) => ({
    row: null,
    what: `introspection after a pause: ${of}`,
    stage: 'pause',
    figure: 'afterPause',
    of,
    against: null,
    most: 3,
  })),
  ...['sallyport-expired', 'sallyport-postgres-expired'].map((of) => ({
    row: null,
    what: `removing expired rows: ${of}`,
    stage: 'sweep',
    figure: 'slowdown',
    of,
    against: null,
    most: 1.2,
  })),
];

/** @type {Bar[]} */
export const BARS = [
  ...FLOW_ROWS,
  ...OTHER_ROWS,
  ...P99_ROWS,
  ...POSTGRES_ROWS,
  ...MACHINE_ROWS,
  ...MORE_ROWS,
].sort((a, b) => (a.row ?? 99) - (b.row ?? 99));

/** Names of the stages of `bars`, in the order of their rows. */
export function stagesOf(bars) {
  return [...new Set(bars.map(({ stage }) => stage))];
}

/** The subjects that `bars` compare in a stage. */
export function subjectsOf(stage, bars) {
  const own = bars.filter((bar) => bar.stage === stage);
  return [...new Set(own.flatMap(({ of, against }) => (against ? [against, of] : [of])))];
}
