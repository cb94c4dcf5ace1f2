/**
 * The sign-in: a package of challenges, each met by one of its mechanisms, in order; one failure voids the package.
 * What is still to be met lies in the database, so any node takes any step, and no step is skipped or taken twice.
 * Owns the beginning of a login and who may have one; one step of it is `steps.ts`, how a mechanism checks an answer
 * `core/mechanisms`, which challenges there are `policy.ts`.
 */
import type { Clock } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';
import type { Subject } from '../access.js';
import type { ChangeLog } from '../admin/change-log.js';
import type { Audit } from '../audit.js';
import type { Directory } from '../directory.js';
import { foldLoginName } from '../login-name.js';
import type { Post } from '../mail/post.js';
import type { SecurityNotices } from '../mail/security-notices.js';
import { createMechanisms } from '../mechanisms/index.js';
import type { Answer, Candidate, Shown } from '../mechanisms/mechanism.js';
import type { LoginTransaction } from '../model.js';
import type { Store, Writer } from '../ports.js';
import type { SessionPrincipal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import type { Urls } from '../urls.js';
import type { Credentials } from './credentials.js';
import { createDevices, type NewDevice } from './devices.js';
import { createForgotten } from './forgotten.js';
import { type Challenge, challengeWords, createPackages, type LoginState, parseState } from './package.js';
import { createPasskeyLogin, type PasskeyLogin } from './passkey-login.js';
import { createPasskeys } from './passkeys.js';
import { type Challenges, deviceProof, type Policy, unmet } from './policy.js';
import type { NewSession, Sessions } from './sessions.js';
import { createSteps } from './steps.js';

/** A login not finished by then is void. */
const LOGIN_LIFETIME = 10 * 60_000;

export interface LoginOperation {
  mechanismId: string;
  action: 'answer' | 'start' | 'poll';
  answer: Answer;
}

export interface LoginPackage {
  summary: 'NewPackage' | 'StartNextChallenge';
  sessionId: string;
  /** What remains, in order. */
  challenges: Challenge[];
  /** For the person: why this is asked. */
  message: string | null;
}

/** Where a login stands, in the words of AdvanceAuthentication's `Summary`. */
export type LoginStep =
  | LoginPackage
  | { summary: 'OobPending'; shown: Pick<Shown, 'number' | 'options'> }
  | {
      summary: 'LoginSuccess';
      subject: Subject;
      session: NewSession;
      amr: string[];
      /** What the browser must keep to be known next time; null when it was not to be remembered. */
      device: NewDevice | null;
      /** As the aims of the login said. */
      platformToken: boolean;
    }
  /** A challenge of somebody on an administrator's behalf is met. It makes no session: it only says so. */
  | { summary: 'ChallengeMet'; subject: Subject; amr: string[] }
  /** Accepted, whatever came of it; the client starts over. */
  | { summary: 'NoncommitalSuccess'; message: string }
  /** The challenges met so far are right, and no mechanism of the user fits the next one. */
  | { summary: 'CannotSatisfyChallenges' }
  /** The package is void. The reason is in the audit log alone. */
  | { summary: 'Failure' };

/** What a login is for, besides a session. */
export interface LoginAims {
  appId?: string | null;
  /** A profile that must be met besides. */
  profile?: string | undefined;
  /** Whether a JWT for the session is asked for besides its handles. */
  platformToken?: boolean;
}

export interface Login {
  /** Begins a login. An unknown name gets the package of a user without second factors. */
  start(context: RequestContext, loginName: string, aims?: LoginAims): Promise<LoginPackage>;
  /** Asks a signed-in user for what the session has not met. Null when it has met everything. */
  stepUp(
    context: RequestContext,
    session: SessionPrincipal,
    aims: LoginAims,
  ): Promise<LoginPackage | { summary: 'CannotSatisfyChallenges' } | null>;
  /**
   * Challenges a user on behalf of `challenger`, by `profile` or by what the rules would ask at sign-in. Meeting it
   * makes no session. Null for somebody who may not sign in.
   */
  challenge(
    context: RequestContext,
    challenger: string,
    loginName: string,
    profile?: string,
  ): Promise<LoginPackage | { summary: 'CannotSatisfyChallenges' } | null>;
  /** Whether this is a challenge on an administrator's behalf, under way. */
  isOnDemand(context: RequestContext, sessionId: string): Promise<boolean>;
  /** What is to be met now in a login under way; null when it is over, and when no page is to take it up. */
  current(context: RequestContext, sessionId: string): Promise<LoginPackage | null>;
  /** The package of a step-up that began earlier in the same session; null for any other. */
  resume(context: RequestContext, session: SessionPrincipal, id: string): Promise<LoginPackage | null>;
  /** The package of a forgotten password, by the token of its mail; null when that is unknown or expired. */
  recover(context: RequestContext, token: string): Promise<LoginPackage | null>;
  /**
   * Takes operations in order until one of them fails or ends the login. `remember`: if they end it, the device is
   * known from then on.
   */
  advance(
    context: RequestContext,
    sessionId: string,
    operations: LoginOperation[],
    remember?: boolean,
  ): Promise<LoginStep>;
  /** Mails the way to a new password, if there is somebody to mail it to. */
  forgot(context: RequestContext, sessionId: string): Promise<LoginStep>;
  /** Mails a user the way to a first password, good for three days. */
  invite(context: RequestContext, subject: Subject): Promise<void>;
  /** Signing in by a passkey alone. */
  readonly passkey: PasskeyLogin;
  /** Whether passwords can be recovered here at all. */
  readonly recovers: boolean;
}

/** A login as one step of it sees it. */
export interface Turn {
  context: RequestContext;
  sessionId: string;
  stored: LoginTransaction;
  state: LoginState;
  /** Whether the device shall be known, if this step ends the login. */
  remember: boolean;
  /** Uses up what this step answers, in the transaction that writes the step; false when it was used elsewhere. */
  spend?: ((tx: Writer) => Promise<boolean>) | undefined;
}

export function createLogin(deps: {
  store: Store;
  clock: Clock;
  vault: Vault;
  urls: Urls;
  directory: Directory;
  audit: Audit;
  changeLog: ChangeLog;
  credentials: Credentials;
  sessions: Sessions;
  policy: Policy;
  post: Post;
  notices: SecurityNotices;
}): Login {
  const { store, clock, urls, directory, policy, post } = deps;
  const mechanisms = createMechanisms(deps);
  const packages = createPackages(mechanisms);
  const devices = createDevices(deps);

  /** The user who may sign in under this name, if there is one. */
  async function personOf({ tenant }: RequestContext, loginName: string): Promise<Subject | null> {
    await directory.catchUp();
    const subject = await directory.subjectByLogin(tenant.id, loginName);
    return subject?.user.enabled && !subject.user.confidentialClient ? subject : null;
  }

  /** The same user at a later step: null when disabled meanwhile, or when the password was reset. */
  async function personStill({ context, stored }: Turn): Promise<Subject | null> {
    const subject = await personOf(context, stored.loginKey);
    const isSame = subject?.user.id === stored.userId && subject.user.validAfter <= stored.createdAt;
    return isSame ? subject : null;
  }

  async function candidateOf(context: RequestContext, subject: Subject | null): Promise<Candidate> {
    const factors = await store.read.users.factors(context.tenant.id, subject?.user.id ?? '');
    return { context, subject, factors };
  }

  /** What the rules and the profile asked for leave to do after `met`. */
  async function missing(
    context: RequestContext,
    subject: Subject | null,
    { appId, profile, met }: Pick<LoginState, 'appId' | 'profile' | 'met'>,
  ): Promise<Challenges> {
    const { tenant, source } = context;
    const asked = tenant.authentication.profiles.find(({ name }) => name === profile);
    const more = asked ? unmet(asked.challenges, met) : [];
    if (more.length > 0) return more;
    // What was enrolled while a password was checked counts.
    await directory.catchUp();
    const known = subject && ((await directory.subject(tenant.id, subject.user.id)) ?? subject);
    return policy.missing({ tenant, subject: known, appId, source }, met);
  }

  async function find(context: RequestContext, sessionId: string, remember = false): Promise<Turn | null> {
    const stored = await store.read.logins.find(sha256(sessionId));
    if (!stored || stored.tenantId !== context.tenant.id || stored.expiresAt <= clock.now()) return null;
    context.trace?.link('login', stored.idHash);
    context.trace?.about({ userId: stored.userId, userName: stored.loginKey });
    return { context, sessionId, stored, state: parseState(stored.state), remember };
  }

  async function open(
    context: RequestContext,
    loginKey: string,
    candidate: Candidate,
    state: LoginState,
    lifetime = LOGIN_LIFETIME,
  ): Promise<LoginPackage> {
    const sessionId = randomToken();
    const now = clock.now();
    const login: LoginTransaction = {
      tenantId: context.tenant.id,
      idHash: sha256(sessionId),
      userId: candidate.subject?.user.id ?? null,
      loginKey,
      state: JSON.stringify(state),
      source: context.source,
      version: 1,
      createdAt: now,
      expiresAt: now + lifetime,
    };
    await store.write((tx) => tx.logins.insert(login));
    const challenges = packages.describe(state, candidate);
    context.trace?.link('login', login.idHash);
    context.trace?.about({ appId: state.appId, userId: login.userId, userName: loginKey });
    context.trace?.needs('challenge', challengeWords(challenges));
    return { summary: 'NewPackage', sessionId, challenges, message: null };
  }

  const forgotten = createForgotten({ post, urls, packages, personOf, candidateOf, open });

  const steps = createSteps({ ...deps, devices, mechanisms, packages, personStill, candidateOf, missing });

  const passkeys = createPasskeys(deps);
  const passkey = createPasskeyLogin({
    ...deps,
    ...{ devices, passkeys, steps, newState, find, candidateOf, open },
  });

  async function operate(
    context: RequestContext,
    id: string,
    operation: LoginOperation,
    remember: boolean,
  ): Promise<LoginStep> {
    const turn = await find(context, id, remember);
    if (!turn || turn.state.purpose === 'passkey') return { summary: 'Failure' };
    return steps.take(turn, operation);
  }

  async function described(turn: Turn): Promise<LoginPackage> {
    const candidate = await candidateOf(turn.context, await personStill(turn));
    const challenges = packages.describe(turn.state, candidate);
    return { summary: 'NewPackage', sessionId: turn.sessionId, challenges, message: null };
  }

  return {
    passkey,
    invite: forgotten.invite,
    recovers: post.reaches('mail'),
    async start(context, loginName, aims = {}) {
      const subject = await personOf(context, loginName);
      const candidate = await candidateOf(context, subject);
      const device = await devices.of(context, subject);
      const met = device ? [deviceProof(device.id)] : [];
      const state = { ...newState(context, aims), purpose: 'sign-in' as const, met };
      const remaining = await packages.assemble(await missing(context, subject, state), candidate);
      // Longer than any name that exists is enough to match none.
      const loginKey = foldLoginName(loginName).slice(0, 255);
      return open(context, loginKey, candidate, { ...state, remaining });
    },
    async stepUp(context, { subject, sessionId, amr }, aims) {
      const candidate = await candidateOf(context, subject);
      const state = { ...newState(context, aims), purpose: 'step-up' as const, sessionId, met: [...amr] };
      const more = await missing(context, subject, state);
      if (more.length === 0) return null;
      const remaining = await packages.assemble(more, candidate);
      if (!isSatisfiable(remaining, more)) return { summary: 'CannotSatisfyChallenges' };
      return open(context, subject.user.loginKey, candidate, { ...state, remaining });
    },
    async challenge(context, challenger, loginName, profile) {
      const subject = await personOf(context, loginName);
      if (!subject) return null;
      const candidate = await candidateOf(context, subject);
      const state = { ...newState(context, { profile }), purpose: 'on-demand' as const, challenger };
      const asked = context.tenant.authentication.profiles.find(({ name }) => name === profile);
      const challenges = asked?.challenges ?? (await missing(context, subject, state));
      const remaining = await packages.assemble(challenges, candidate);
      if (!isSatisfiable(remaining, challenges)) return { summary: 'CannotSatisfyChallenges' };
      return open(context, subject.user.loginKey, candidate, { ...state, remaining });
    },
    async isOnDemand(context, sessionId) {
      return (await find(context, sessionId))?.state.purpose === 'on-demand';
    },
    async current(context, sessionId) {
      const turn = await find(context, sessionId);
      return turn && turn.state.purpose !== 'on-demand' ? described(turn) : null;
    },
    async resume(context, session, id) {
      const turn = await find(context, id);
      return turn?.state.sessionId === session.sessionId ? described(turn) : null;
    },
    async recover(context, token) {
      const turn = await find(context, token);
      return turn?.state.purpose === 'forgotten' ? described(turn) : null;
    },
    async advance(context, sessionId, operations, remember = false) {
      let step: LoginStep = { summary: 'Failure' };
      for (const operation of operations) {
        step = await operate(context, sessionId, operation, remember);
        if (['Failure', 'LoginSuccess', 'ChallengeMet'].includes(step.summary)) break;
      }
      return step;
    },
    async forgot(context, sessionId) {
      const turn = await find(context, sessionId);
      if (turn?.state.purpose !== 'sign-in' || !post.reaches('mail')) return { summary: 'Failure' };
      return forgotten.send(context, turn.stored.loginKey);
    },
  };
}

/** Whether the first challenge is one that was asked for, and not the password in the place of one without a way. */
function isSatisfiable(remaining: LoginState['remaining'], asked: Challenges): boolean {
  return remaining[0]?.every(({ mechanism }) => asked[0]?.includes(mechanism)) ?? false;
}

function newState({ userAgent }: RequestContext, aims: LoginAims) {
  const { appId = null, profile, platformToken = false } = aims;
  return {
    platformToken,
    appId,
    profile: profile ?? null,
    sessionId: null,
    remaining: [],
    met: [] as string[],
    address: null,
    challenger: null as string | null,
    userAgent,
  };
}
