/**
 * The bars of `--size`: the same server with a large tenant, beside itself with a small one, in the same rounds.
 *
 * @type {import('../rows.mjs').Bar[]}
 */
const FLOWS = {
  'cc-jwt': 'client credentials to JWT',
  'cc-opaque': 'client credentials to opaque',
  introspect: 'introspection',
  redeem: 'code redemption',
  authorize: 'authorize and redemption',
  refresh: 'refresh rotation',
  'call-jwt': 'scoped call with a JWT',
  'call-opaque': 'scoped call with an opaque token',
};

const DATABASES = ['sallyport', 'sallyport-postgres'];

/** No row falls by more than a tenth. */
const LEAST = 0.9;

const flowRows = Object.entries(FLOWS).flatMap(([stage, what]) =>
  DATABASES.map((name) => ({
    row: null,
    what,
    stage,
    figure: 'perCpu',
    of: `${name}-large`,
    against: name,
    least: LEAST,
  })),
);

const listRows = DATABASES.map((name) => ({
  row: null,
  what: `list pages of ${name}-large, p99 in ms`,
  stage: 'lists',
  figure: 'p99',
  of: `${name}-large`,
  against: null,
  most: 100,
}));

export const GROWTH_BARS = [...flowRows, ...listRows];
