/**
 * Clients, people and an administrator at work, and the ledger of what they were answered: tokens, codes and sessions
 * that must be honoured, revocations and changes that must hold, codes and refresh tokens that must not work twice.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { again, rotateChain } from './again.mjs';
import { audit } from './audit.mjs';
import { createCalls, PEOPLE } from './calls.mjs';
import { createLedger } from './ledger.mjs';
import { ADMIN } from './node.mjs';

/** Milliseconds between two sign-ins, and between two changes of a setting. */
const EVERY = 400;
/** Of so many codes one is not redeemed at once but put by for the audit. */
const KEPT = 4;

/**
 * @param {() => string} base where the next request goes: another node each time, if there are several
 * @param {{ codesEnd?: boolean }} options where the fault ends codes by right, one that is refused is no loss
 */
export function createClients(base, { codesEnd = false } = {}) {
  const ledger = createLedger();
  const calls = createCalls(base, (line) => ledger.unexpected.push(line));
  let working = false;
  let admin = null;
  let names = 0;
  let codes = 0;

  /** The one of the administrator is among the sessions that must be honoured. */
  async function newSession(person) {
    const session = await calls.signIn(person);
    if (!session) return null;
    ledger.acknowledged++;
    ledger.sessions.push(session);
    return session;
  }

  async function issue() {
    const answer = await calls.issue();
    if (answer?.status !== 200) return null;
    ledger.acknowledged++;
    ledger.tokens.push({ value: answer.body.access_token, state: 'good' });
    return answer.body.access_token;
  }

  /** Any token of those issued so far: most are older than the next fault, and some than the last. */
  async function revokeAny() {
    const token = any(ledger.tokens);
    if (token?.state !== 'good') return;
    token.state = 'asked';
    const answer = await again(() => calls.revoke(token.value));
    if (answer?.status !== 200) return;
    ledger.acknowledged++;
    token.state = 'revoked';
    ledger.revocations.push(token);
  }

  async function newCode() {
    const session = ledger.sessions.findLast(({ isAdmin, broken }) => !isAdmin && !broken);
    const answer = session ? await calls.authorize(session.cookie) : null;
    if (answer?.instead) session.broken = answer.instead;
    if (!answer?.code) return null;
    ledger.acknowledged++;
    return answer.code;
  }

  async function beginChain() {
    const code = await newCode();
    if (code === null) return;
    if (!codesEnd && ++codes % KEPT === 0) return void ledger.codes.push({ code });
    const answer = await calls.redeem(code);
    // Without an answer nobody knows whether it was spent.
    if (answer === null) return;
    if (answer.status === 200) {
      ledger.acknowledged++;
      ledger.chains.push({ code, tokens: [answer.body.refresh_token] });
    } else if (!codesEnd) ledger.codes.push({ code, broken: JSON.stringify(answer.body) });
  }

  async function useChain(chain) {
    if (!chain || chain.busy || chain.broken || chain.inDoubt) return;
    chain.busy = true;
    if (!(await rotateChain(calls, chain))) chain.inDoubt = true;
    else if (!chain.broken) ledger.acknowledged++;
    chain.busy = false;
  }

  async function changeSetting() {
    const { handle } = admin;
    const tenant = await calls.readTenant(handle);
    if (tenant?.status === 401) admin.broken = '401';
    if (tenant?.status !== 200) return;
    const name = `Tenant ${++names}`;
    const answer = await calls.renameTenant(handle, tenant.body, name);
    if (answer?.status !== 200) return;
    ledger.acknowledged++;
    ledger.changes.push(name);
  }

  async function client(number) {
    for (let turn = number; working; turn++) {
      if (turn % 6 === 0) await beginChain();
      else if (turn % 6 === 1) await revokeAny();
      else if (turn % 6 === 2) await useChain(any(ledger.chains));
      else if ((await issue()) === null) await wait(20);
    }
  }

  async function person() {
    for (let turn = 0; working; turn++) {
      await newSession(PEOPLE[turn % PEOPLE.length]);
      await wait(EVERY);
    }
  }

  async function administrator() {
    for (; working; await wait(EVERY)) await changeSetting();
  }

  /** Whether something of every kind was acknowledged since the ledger had these `sizes`. */
  function hasGrown(sizes) {
    const now = ledger.sizes();
    return Object.keys(now).every((kind) => now[kind] > sizes[kind] || (kind === 'codes' && codesEnd));
  }

  let workers = [];
  return {
    issue,
    mark: () => ledger.mark(),
    nextRound: () => ledger.nextRound(),
    async signIn() {
      const session = await newSession(PEOPLE[0]);
      admin ??= await newSession(ADMIN);
      if (!session || !admin) throw new Error('the sign-in failed');
      admin.isAdmin = true;
    },
    begin(count = 8) {
      working = true;
      workers = [...Array.from({ length: count }, (_, number) => client(number)), person(), administrator()];
    },
    /**
     * Lets them work for `milliseconds`, and longer until they were answered `least` times more and something of every
     * kind was among it.
     */
    async work(milliseconds, least = 40) {
      const wanted = ledger.acknowledged + least;
      const before = ledger.sizes();
      await wait(milliseconds);
      const isEnough = () => ledger.acknowledged >= wanted && hasGrown(before);
      for (const end = Date.now() + 20_000; !isEnough() && Date.now() < end; ) await wait(50);
    },
    async end() {
      working = false;
      await Promise.all(workers);
    },
    /** Compares the ledger with what the server now says. */
    audit: () => audit(ledger, calls),
  };
}

const any = (items) => items[Math.floor(Math.random() * items.length)];
