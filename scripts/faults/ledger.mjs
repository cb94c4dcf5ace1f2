/**
 * What a server has answered, and so must stand by. Only an answer that arrived counts as acknowledged; what was asked
 * and not answered is in doubt, and nobody may be blamed for it.
 */

/** What is promised, in the words of the last lines. */
const KINDS = ['tokens', 'revocations', 'chains', 'codes', 'sessions', 'changes'];
/** Of each kind as many are looked at, evenly chosen, and all of the last ones before each fault and before the end. */
const MOST = 2_000;
const LAST = 500;

export function createLedger() {
  let marks = [];
  const kept = Object.fromEntries(KINDS.map((kind) => [kind, []]));
  return {
    /**
     * Opaque access tokens `{ value, state }`: `good`, `revoked`, or `asked` while a revocation is in doubt.
     * @type {{ value: string, state: string }[]}
     */
    tokens: kept.tokens,
    /** Those of them whose revocation was acknowledged. */
    revocations: kept.revocations,
    /** Refresh tokens `{ code, tokens }`, each the successor of the one before; `broken` when one was refused. */
    chains: kept.chains,
    /** Codes `{ code }` put by for the audit; `broken` when one was refused at its first use. */
    codes: kept.codes,
    /** Sessions `{ cookie }`; `broken` when one gave something else than a code. */
    sessions: kept.sessions,
    /** Names that the tenant was given, oldest first. */
    changes: kept.changes,
    acknowledged: 0,
    doubleSpent: 0,
    /** Answers that no fault excuses. */
    unexpected: [],

    /** To be called at each fault: what was answered just before is what it puts at risk. */
    mark() {
      marks.push(sizes(kept));
    },
    sizes: () => sizes(kept),
    /** Everything of a kind, or a sample of it when that is too much. */
    lookedAt: (kind) => sample(kept[kind], [...marks.map((mark) => mark[kind]), kept[kind].length]),
    /** Forgets what a round has checked, but not how much it was; sessions and changes are looked at again. */
    nextRound() {
      for (const kind of ['tokens', 'revocations', 'chains', 'codes']) kept[kind].length = 0;
      this.unexpected.length = 0;
      marks = [];
    },
  };
}

function sizes(kept) {
  return Object.fromEntries(KINDS.map((kind) => [kind, kept[kind].length]));
}

/** @param {number[]} ends positions whose last predecessors are all in it */
function sample(items, ends) {
  const step = Math.ceil(items.length / MOST);
  const isNear = (at) => ends.some((end) => at < end && at >= end - LAST);
  // What is known to be broken is never left out.
  return items.filter((item, at) => at % step === 0 || isNear(at) || item.broken !== undefined);
}
