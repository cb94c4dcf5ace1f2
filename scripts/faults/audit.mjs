/**
 * The audit: everything in the ledger, or a sample of it that holds what each fault put at risk, is asked of the server
 * again. What it no longer honours is lost; what works a second time is spent twice.
 */
import { again, GRACE, rotateChain, spentTokens } from './again.mjs';

/** Questions under way at once. */
const AT_ONCE = 16;
const PATIENCE = 15_000;
/** Of so many chains that nobody used for longer than the grace, one is not asked for its last token. */
const RESTED = 4;

/** Prints what it looked at and what is wrong, and resolves to the numbers of the last line. */
export async function audit(ledger, calls) {
  const lost = {};
  const asked = {};
  async function look(kind, isLost, items = ledger.lookedAt(kind)) {
    asked[kind] = items.length;
    lost[kind] = await count(items, isLost);
  }

  const good = ledger.lookedAt('tokens').filter(({ state }) => state === 'good');
  await look('tokens', async ({ value }) => !(await isActive(calls, value)), good);
  await look('revocations', ({ value }) => isActive(calls, value));
  await look('sessions', async (session) => session.broken || !(await isSignedIn(calls, session)));
  await look('changes', await changeChecker(ledger, calls));
  await look('codes', async (kept) => kept.broken || !(await isRedeemed(calls, ledger, kept)));
  letRest(ledger.lookedAt('chains'));
  const used = ledger.lookedAt('chains').filter(({ isRested }) => !isRested);
  await look('chains', (chain) => isBroken(calls, chain), used);
  // Only now: the second use of one token ends the whole chain.
  ledger.doubleSpent += await count(ledger.lookedAt('chains'), (chain) => worksTwice(calls, chain));
  lost.unexpected = ledger.unexpected.length;

  const inDoubt = ledger.chains.filter((chain) => chain.inDoubt).length;
  console.log(`  looked at ${listed(asked)}${inDoubt > 0 ? `; ${inDoubt} chains are in doubt` : ''}`);
  report(ledger, lost);
  const sum = Object.values(lost).reduce((total, each) => total + each, 0);
  return { acknowledged: ledger.acknowledged, lost: sum, doubleSpent: ledger.doubleSpent };
}

const listed = (counts) =>
  Object.entries(counts)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');

function report(ledger, lost) {
  const losses = Object.fromEntries(Object.entries(lost).filter(([, count]) => count > 0));
  if (Object.keys(losses).length > 0) console.log(`  lost: ${listed(losses)}`);
  const broken = ['codes', 'chains', 'sessions'].flatMap((kind) =>
    ledger[kind].filter((each) => each.broken).map((each) => `of the ${kind}: ${each.broken}`),
  );
  for (const line of [...new Set([...ledger.unexpected, ...broken])].slice(0, 5)) console.log(`  ${line}`);
}

async function isActive(calls, token) {
  return (await answered(() => calls.introspect(token))).body.active === true;
}

async function isSignedIn(calls, { isAdmin, cookie, handle }) {
  if (isAdmin) return (await answered(() => calls.readTenant(handle))).status === 200;
  return (await answered(() => calls.authorize(cookie))).code !== undefined;
}

/** A code put by gives tokens, once; whether it gives them again is seen with the other chains. */
async function isRedeemed(calls, ledger, kept) {
  const { code } = kept;
  const { status, body } = await answered(() => calls.redeem(code));
  if (status === 200) ledger.chains.push({ code, tokens: [body.refresh_token] });
  else kept.broken = `${status} ${JSON.stringify(body)}`;
  return status === 200;
}

/** Marks chains whose last replaced token is past the grace by time alone. They are seen with what works twice. */
function letRest(chains) {
  const isOver = ({ usedAt, broken, inDoubt }) =>
    !broken && !inDoubt && usedAt !== undefined && Date.now() - usedAt > GRACE + 1_000;
  for (const [at, chain] of chains.filter(isOver).entries()) chain.isRested = at % RESTED === 0;
}

/** Two rotations: the first shows that the token is honoured, the second ends the grace of the one before it. */
async function isBroken(calls, chain) {
  const before = chain.tokens.length;
  for (let turn = 0; turn < 2 && !chain.broken; turn++)
    if (!(await rotateChain(calls, chain))) chain.broken = 'no answer';
  const isHonoured = chain.tokens.length > before;
  if (isHonoured || chain.broken === 'no answer') chain.inDoubt = false;
  // Its last token may have been used before, by a request that got no answer: then it is refused rightly.
  if (chain.inDoubt) chain.broken = undefined;
  return chain.broken !== undefined;
}

/** Whether its code, or any refresh token that was replaced, gives tokens again. */
async function worksTwice(calls, chain) {
  let works = false;
  for (const token of spentTokens(chain)) works ||= await gives(() => calls.rotate(token));
  return (await gives(() => calls.redeem(chain.code))) || works;
}

async function gives(attempt) {
  return (await answered(attempt)).body.access_token !== undefined;
}

/**
 * Every name the tenant was given stands in the change log, and the tenant bears the last one, or one whose change was
 * never answered.
 */
async function changeChecker(ledger, calls) {
  const admin = ledger.sessions.find(({ isAdmin }) => isAdmin);
  const names = await namesInLog(calls, admin.handle);
  const { body } = await answered(() => calls.readTenant(admin.handle));
  const number = (name) => Number(/^Tenant (\d+)$/.exec(name)?.[1] ?? 0);
  const last = ledger.changes.at(-1);
  return (name) => !names.has(name) || (name === last && number(body.name) < number(last));
}

async function namesInLog(calls, handle) {
  const names = new Set();
  let after;
  do {
    const { body } = await answered(() => calls.readChanges(handle, after));
    for (const { fields } of body.items ?? [])
      for (const { field, new: value } of fields) if (field === 'name') names.add(value);
    after = body.next;
  } while (after !== undefined);
  return names;
}

async function answered(attempt) {
  const answer = await again(attempt, PATIENCE);
  if (!answer) throw new Error(`no answer within ${PATIENCE / 1_000} s`);
  return answer;
}

async function count(items, isBad) {
  let bad = 0;
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const verdicts = await Promise.all(items.slice(at, at + AT_ONCE).map(isBad));
    bad += verdicts.filter(Boolean).length;
  }
  return bad;
}
