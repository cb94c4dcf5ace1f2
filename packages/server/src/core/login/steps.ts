/** One step of a login: an answer, a start or a look, and what follows from it, to the end. */
import type { Clock } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { Subject } from '../access.js';
import type { ChangeLog } from '../admin/change-log.js';
import type { Audit } from '../audit.js';
import type { SecurityNotices } from '../mail/security-notices.js';
import type { Answer, Candidate, Mechanism, MechanismVerdict, Purchase } from '../mechanisms/mechanism.js';
import type { Store, Writer } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import type { Urls } from '../urls.js';
import { type Devices, mayRemember, type NewDevice } from './devices.js';
import { PASSWORD_CHANGED } from './forgotten.js';
import type { LoginOperation, LoginStep, Turn } from './login.js';
import { challengeWords, type LoginState, type Packages, type Place } from './package.js';
import { mustChangePassword } from './password-life.js';
import { type Challenges, deviceOf, deviceProof, mechanismsOf } from './policy.js';
import type { NewSession, Sessions } from './sessions.js';
import { verifiedAddress } from './verified-address.js';

/** What a right answer uses up was used up elsewhere, between its check and the step: nothing of the step is written. */
class UsedElsewhere extends Error {}

/** A right answer, as its mechanism judged it. */
type Met = Extract<MechanismVerdict, { met: true }>;

export interface Steps {
  /** Takes one operation; a mechanism that the challenge does not offer voids the package. */
  take(turn: Turn, operation: LoginOperation): Promise<LoginStep>;
  /** Asks for what the rules still want of who has met all that remained, or ends the login. */
  conclude(turn: Turn, subject: Subject): Promise<LoginStep>;
}

export function createSteps(deps: {
  store: Store;
  clock: Clock;
  urls: Urls;
  audit: Audit;
  changeLog: ChangeLog;
  sessions: Sessions;
  devices: Devices;
  notices: SecurityNotices;
  mechanisms: ReadonlyMap<string, Mechanism>;
  packages: Packages;
  /** The user who began, if they may still sign in. */
  personStill(turn: Turn): Promise<Subject | null>;
  candidateOf(context: RequestContext, subject: Subject | null): Promise<Candidate>;
  /** What the rules leave to do after the mechanisms met. */
  missing(
    context: RequestContext,
    subject: Subject | null,
    state: Pick<LoginState, 'appId' | 'profile' | 'met'>,
  ): Promise<Challenges>;
}): Steps {
  const { store, clock, urls, audit, changeLog, sessions, devices, mechanisms, packages } = deps;
  const { notices, personStill, candidateOf, missing } = deps;

  /** Refuses, and voids the package unless another step of the same login has already moved on. */
  async function fail(turn: Turn, detail: string, voids = true): Promise<LoginStep> {
    const { context, stored } = turn;
    const facts = { userId: stored.userId, userName: stored.loginKey, detail };
    const event = audit.event(context, 'login.failure', facts);
    context.trace?.decided(event);
    await store.write(async (tx) => {
      if (voids) await tx.logins.consume(stored.idHash);
      await tx.events.append(event);
    });
    return { summary: 'Failure' };
  }

  /**
   * Writes a step, and what its answer uses up, as one; false, and nothing is written, when the login has moved on.
   *
   * @throws UsedElsewhere
   */
  function write({ spend }: Turn, step: (tx: Writer) => Promise<boolean>): Promise<boolean> {
    return store.write(async (tx) => {
      if (!(await step(tx))) return false;
      if (spend && !(await spend(tx))) throw new UsedElsewhere();
      return true;
    });
  }

  function save(turn: Turn, state: LoginState): Promise<boolean> {
    const next = { ...turn.stored, state: JSON.stringify(state) };
    return write(turn, (tx) => tx.logins.advance(next));
  }

  /** Writes the new state down; a step raced by another of the same login fails. */
  async function moveOn(
    turn: Turn,
    state: LoginState,
    subject: Subject | null,
    summary: 'NewPackage' | 'StartNextChallenge',
    message: string | null = null,
  ): Promise<LoginStep> {
    if (state.remaining[0]?.length === 0) {
      await fail(turn, 'no mechanism of the user fits the profile');
      return { summary: 'CannotSatisfyChallenges' };
    }
    if (!(await save(turn, state))) return fail(turn, 'two answers at the same time', false);
    const challenges = packages.describe(state, await candidateOf(turn.context, subject));
    turn.context.trace?.needs('challenge', challengeWords(challenges));
    return { summary, sessionId: turn.sessionId, challenges, message };
  }

  /** A new session, or the one that is raised under new handles. */
  async function sessionFor(
    { context, state }: Turn,
    subject: Subject,
    proof: string[],
  ): Promise<NewSession | null> {
    const made = sessions.prepare(context, subject.user.id, proof);
    if (state.sessionId === null) return made;
    const present = await store.read.sessions.find(context.tenant.id, state.sessionId);
    if (present?.userId !== subject.user.id) return null;
    const { cookieHash, handleHash, authTime, amr } = made.session;
    return { ...made, session: { ...present, cookieHash, handleHash, authTime, amr } };
  }

  /** The device to be remembered, if that was asked for and earned, and what the sign-in proved with it. */
  function deviceFor({ context, state, remember }: Turn, userId: string) {
    const device = remember && mayRemember(state.met) ? devices.prepare(context, userId) : null;
    const proof = device ? [deviceProof(device.device.id), ...mechanismsOf(state.met)] : state.met;
    return { device, proof };
  }

  async function keepDevice(tx: Writer, turn: Turn, made: NewDevice | null): Promise<void> {
    const known = deviceOf(turn.state.met);
    if (made) await devices.keep(tx, turn.context, made);
    else if (known !== null) await tx.devices.seen(turn.context.tenant.id, known, clock.now());
  }

  async function succeed(turn: Turn, subject: Subject): Promise<LoginStep> {
    const { context, stored, state } = turn;
    const { id: userId, loginName } = subject.user;
    const { device, proof } = deviceFor(turn, userId);
    const session = await sessionFor(turn, subject, proof);
    if (!session) return fail(turn, 'the session that was to prove more is gone');
    const detail = `${mechanismsOf(state.met).join(' ')}${device ? ', the device is remembered' : ''}`;
    const event = audit.event(context, 'login.success', { userId, userName: loginName, detail });
    const { id: sessionId, authTime } = session.session;
    const ended = await write(turn, async (tx) => {
      if (!(await tx.logins.consume(stored.idHash))) return false;
      if (state.sessionId === null) await tx.sessions.insert(session.session);
      else if (!(await tx.sessions.raise(session.session))) return false;
      await keepDevice(tx, turn, device);
      await tx.events.append(event);
      return true;
    });
    if (!ended) return fail(turn, 'an answer after the end of the login', false);
    // A device that is known already is renewed: it is asked for no less than before.
    if (device && deviceOf(state.met) === null) notices.deviceRemembered(context, subject.user);
    const { trace } = context;
    trace?.decided(event);
    trace?.link('signIn', `${sessionId} ${authTime}`);
    trace?.link('session', sessionId);
    trace?.passed('session', `for ${loginName}, met: ${detail}`);
    const { platformToken } = state;
    return { summary: 'LoginSuccess', subject, session, amr: mechanismsOf(state.met), device, platformToken };
  }

  /** The user is who the administrator asked for. Nobody is signed in by that, so nothing more can be due. */
  async function attest(turn: Turn, subject: Subject): Promise<LoginStep> {
    const { context, stored, state } = turn;
    const event = audit.event(context, 'login.challenge', {
      ...{ userId: subject.user.id, userName: subject.user.loginName },
      // Whoever asked, be it a program or an administrator.
      ...{ clientId: state.challenger, detail: state.met.join(' ') },
    });
    const ended = await write(turn, async (tx) => {
      if (!(await tx.logins.consume(stored.idHash))) return false;
      await tx.events.append(event);
      return true;
    });
    if (!ended) return fail(turn, 'an answer after the end of the challenge', false);
    context.trace?.decided(event);
    return { summary: 'ChallengeMet', subject, amr: mechanismsOf(state.met) };
  }

  /** Every challenge of the package is met: what may still be due is asked for now, else the login ends. */
  async function conclude(turn: Turn, subject: Subject): Promise<LoginStep> {
    const { context, state } = turn;
    if (state.purpose === 'on-demand') return attest(turn, subject);
    const more = await missing(context, subject, state);
    if (more.length > 0) {
      const remaining = await packages.assemble(more, await candidateOf(context, subject));
      return moveOn(
        turn,
        { ...state, remaining },
        subject,
        'NewPackage',
        'One more proof is asked for here.',
      );
    }
    const isDue = mustChangePassword(subject.user, context.tenant, clock.now());
    if (!isDue || state.met.includes('RESET') || !state.met.includes('UP')) return succeed(turn, subject);
    const remaining = await packages.assemble([['RESET']], await candidateOf(context, subject));
    return moveOn(turn, { ...state, remaining }, subject, 'NewPackage', 'Choose a new password to go on.');
  }

  /**
   * Takes a step and writes what it buys, both or neither, and at once, since a session that follows must be younger
   * than a new password. Null when the login has moved on: then nothing is bought.
   */
  async function buy(turn: Turn, subject: Subject, goods: Purchase['write'][]): Promise<Turn | null> {
    const { context, stored, state } = turn;
    const taken = { ...stored, state: JSON.stringify(state) };
    const actor = { userId: subject.user.id, name: subject.user.loginName, source: context.source };
    const isTaken = await changeLog.record(context.tenant.id, actor, async (recorder) => {
      const { logins } = recorder.tx;
      const isFirst = isOver(state) ? await logins.consume(stored.idHash) : await logins.advance(taken);
      if (!isFirst) return false;
      if (turn.spend && !(await turn.spend(recorder.tx))) throw new UsedElsewhere();
      for (const each of goods) await each(recorder);
      return true;
    });
    return isTaken ? { ...turn, spend: undefined, stored: { ...taken, version: stored.version + 1 } } : null;
  }

  async function met(turn: Turn, mechanism: Mechanism, subject: Subject, right: Met): Promise<LoginStep> {
    const { context } = turn;
    const { spend, purchase } = right;
    const state = {
      ...turn.state,
      remaining: turn.state.remaining.slice(1),
      met: [...turn.state.met, mechanism.name],
    };
    const cameByMail = mechanism.name === 'EMAIL' || isOver(state);
    const proved = cameByMail ? verifiedAddress(subject.user, state.address) : null;
    const goods = [...(purchase ? [purchase.write] : []), ...(proved ? [proved] : [])];
    let next: Turn | null = { ...turn, state, spend };
    if (goods.length > 0 || isOver(state)) next = await buy(next, subject, goods);
    if (!next) return fail(turn, 'two answers at the same time', false);
    await purchase?.after();
    context.trace?.passed('challenge', mechanism.name);
    if (isOver(state)) return { summary: 'NoncommitalSuccess', message: PASSWORD_CHANGED };
    if (state.remaining.length > 0) return moveOn(next, state, subject, 'StartNextChallenge');
    return conclude(next, subject);
  }

  /** One answer, to a mechanism that this very challenge offers. */
  async function answer(turn: Turn, mechanism: Mechanism, place: Place, given: Answer): Promise<LoginStep> {
    const { context, stored, state } = turn;
    const subject = await personStill(turn);
    const attempt = { context, loginKey: stored.loginKey, subject, answer: given, kept: place.kept };
    const verdict = await mechanism.verify({ ...attempt, final: state.remaining.length === 1 });
    if (!verdict.met) {
      if ('fault' in verdict) return moveOn(turn, state, subject, 'NewPackage', verdict.fault);
      return fail(turn, `${mechanism.name}: ${verdict.detail}`);
    }
    if (!subject) return fail(turn, 'the user may not sign in any more');
    try {
      return await met(turn, mechanism, subject, verdict);
    } catch (error) {
      if (error instanceof UsedElsewhere) return fail(turn, `${mechanism.name}: used at the same time`);
      throw error;
    }
  }

  /** Starts a mechanism, or starts it anew: what an earlier start sent is worth nothing from then on. */
  async function begin(turn: Turn, mechanism: Mechanism, place: Place): Promise<LoginStep> {
    const { context, stored, state } = turn;
    if (!mechanism.start) return { summary: 'OobPending', shown: {} };
    const secret = randomToken();
    const link = `${urls.publicUrl}/login/link?token=${stored.idHash}.${secret}`;
    const subject = await personStill(turn);
    const candidate = await candidateOf(context, subject);
    const started = await mechanism.start({ ...candidate, loginKey: stored.loginKey, link });
    const again: Place = { ...place, kept: started.kept, link: sha256(secret), verdict: null };
    const [challenge = [], ...rest] = state.remaining;
    const places = challenge.map((other) => (other.id === place.id ? again : other));
    const address = mechanism.name === 'EMAIL' ? (subject?.user.email ?? null) : state.address;
    if (!(await save(turn, { ...state, address, remaining: [places, ...rest] })))
      return fail(turn, 'two steps at the same time', false);
    await started.dispatch?.();
    return { summary: 'OobPending', shown: started.shown ?? {} };
  }

  /** Whether another device has decided by now. */
  async function poll(turn: Turn, mechanism: Mechanism, { verdict }: Place): Promise<LoginStep> {
    if (verdict === null) return { summary: 'OobPending', shown: {} };
    if (verdict === 'denied') return fail(turn, `${mechanism.name}: denied on another device`);
    const subject = await personStill(turn);
    if (!subject) return fail(turn, 'the user may not sign in any more');
    return met(turn, mechanism, subject, { met: true });
  }

  return {
    conclude,
    async take(turn, operation) {
      const place = turn.state.remaining[0]?.find((offered) => offered.id === operation.mechanismId);
      const mechanism = mechanisms.get(place?.mechanism ?? '');
      if (!place || !mechanism) return fail(turn, 'a mechanism that this challenge does not offer');
      if (operation.action === 'start') return begin(turn, mechanism, place);
      if (operation.action === 'poll') return poll(turn, mechanism, place);
      return answer(turn, mechanism, place, operation.answer);
    },
  };
}

/** Whether a way to a new password has come to its end: the password is the last thing that it asks for. */
function isOver({ purpose, remaining }: LoginState): boolean {
  return purpose === 'forgotten' && remaining.length === 0;
}
