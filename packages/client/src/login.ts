/**
 * The interactive sign-in as one function: it asks the person through callbacks until every challenge is met,
 * starts and polls what is met on another device, and follows new packages (a password to be changed, say).
 */
import {
  type AdvanceAuthenticationRequest,
  type AuthenticationStep,
  advanceAuthentication,
  type Mechanism,
  type StartAuthenticationRequest,
  startAuthentication,
} from './authentication.js';
import { normalizeEndpoint } from './endpoint.js';
import { AbortedError, InvalidArgumentError, LoginError, TimeoutError } from './errors.js';
import type { HttpOptions } from './http.js';
import { textOf } from './json.js';

/** How the person is asked. */
export interface LoginCallbacks {
  /** Picks one of several mechanisms; not asked when there is only one. */
  chooseMechanism(mechanisms: readonly Mechanism[]): Promise<Mechanism> | Mechanism;
  /**
   * The person's answer; an object by part id where the mechanism has parts. For `StartTextOob` an empty answer
   * means: wait for the other device; the signal then tells that the other device was quicker.
   */
  answer(mechanism: Mechanism, signal: AbortSignal): Promise<LoginAnswer> | LoginAnswer;
  /** Shows a word of the server's, such as why a new password is needed or the number to compare. */
  notify?(message: string): void;
}

export type LoginAnswer = string | Readonly<Record<string, string>>;

export interface LoginOptions extends HttpOptions {
  /** Seconds between two looks at the other device; 1 unless told. */
  readonly pollIntervalSeconds?: number;
  /** Seconds to wait for the other device or an answer beside it; 360 unless told. */
  readonly pollTimeoutSeconds?: number;
}

export interface LoginResult {
  /** Where the session lives, which may be another host than the one asked. */
  readonly endpoint: string;
  /** Secret: good as a bearer token for as long as the session. */
  readonly bearerToken: string;
  readonly user: string | null;
  readonly userId: string | null;
}

/** Summaries after which there is a challenge to meet. */
const GOES_ON = new Set(['NewPackage', 'StartNextChallenge']);

interface Session {
  readonly endpoint: string;
  readonly sessionId: string;
  readonly tenantId: string | null;
}

/**
 * Signs a user in.
 *
 * @throws LoginError when an answer was wrong (start again) or this client cannot go on
 * @throws TimeoutError when the other device stayed silent
 * @throws InvalidArgumentError, UnexpectedResponseError, and the errors of {@link exchange}
 */
export async function login(
  endpoint: string,
  request: StartAuthenticationRequest,
  callbacks: LoginCallbacks,
  options: LoginOptions = {},
): Promise<LoginResult> {
  const start = await startAtHome(normalizeEndpoint(endpoint), request, options);
  const { endpoint: home } = start;
  let step = start.step;
  let session: Session = { endpoint: home, sessionId: '', tenantId: null };
  let remaining = step.challenges;
  while (step.summary !== 'LoginSuccess') {
    if (!GOES_ON.has(step.summary)) throw stuck(step);
    if (step.message !== null) callbacks.notify?.(step.message);
    session = {
      endpoint: home,
      sessionId: step.sessionId ?? session.sessionId,
      tenantId: step.tenantId ?? session.tenantId,
    };
    const [mechanisms, ...later] = remaining;
    if (mechanisms === undefined) throw stuck(step);
    step = await meetChallenge(session, mechanisms, callbacks, options);
    remaining = step.summary === 'NewPackage' || step.challenges.length > 0 ? step.challenges : later;
  }
  return readSuccess(home, step);
}

/** Opens the sign-in where the user is served: the answer may name another host, once. */
async function startAtHome(
  endpoint: string,
  request: StartAuthenticationRequest,
  options: HttpOptions,
): Promise<{ endpoint: string; step: AuthenticationStep }> {
  const step = await startAuthentication(endpoint, request, options);
  if (step.podFqdn === null || step.challenges.length > 0 || step.summary === 'LoginSuccess') {
    return { endpoint, step };
  }
  const home = normalizeEndpoint(`https://${step.podFqdn}`);
  return { endpoint: home, step: await startAuthentication(home, request, options) };
}

async function meetChallenge(
  session: Session,
  mechanisms: readonly Mechanism[],
  callbacks: LoginCallbacks,
  options: LoginOptions,
): Promise<AuthenticationStep> {
  const [only, ...others] = mechanisms;
  const mechanism = only && others.length === 0 ? only : await callbacks.chooseMechanism(mechanisms);
  if (!mechanisms.includes(mechanism)) throw new InvalidArgumentError('that mechanism was not offered');
  const advance: Advance = (action, answer) =>
    advanceAuthentication(
      session.endpoint,
      { ...session, mechanismId: mechanism.id, action, ...(answer !== undefined && { answer }) },
      options,
    );
  if (mechanism.answerType === 'Text') {
    return advance(
      'Answer',
      await callbacks.answer(mechanism, options.signal ?? new AbortController().signal),
    );
  }
  if (mechanism.answerType !== 'StartOob' && mechanism.answerType !== 'StartTextOob') {
    throw new LoginError(`this client cannot answer "${mechanism.label}"`);
  }
  const step = await advance('StartOOB');
  if (step.summary !== 'OobPending') return step;
  if (step.displayNumber !== null) callbacks.notify?.(step.displayNumber);
  return waitOutOfBand(mechanism, advance, callbacks, options);
}

type Advance = (
  action: AdvanceAuthenticationRequest['action'],
  answer?: LoginAnswer,
) => Promise<AuthenticationStep>;

/** Polls until the other device is done, or sends what the person types first. */
async function waitOutOfBand(
  mechanism: Mechanism,
  advance: Advance,
  callbacks: LoginCallbacks,
  options: LoginOptions,
): Promise<AuthenticationStep> {
  const { pollIntervalSeconds = 1, pollTimeoutSeconds = 360 } = options;
  const deadline = performance.now() + pollTimeoutSeconds * 1000;
  const done = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, done.signal]) : done.signal;
  const typed = mechanism.answerType === 'StartTextOob' ? typedAnswer(mechanism, callbacks, signal) : never();
  typed.catch(() => undefined);
  try {
    while (performance.now() < deadline) {
      const answer = await Promise.race([typed, pause(pollIntervalSeconds, signal)]);
      if (answer !== undefined) return await advance('Answer', answer);
      const step = await advance('Poll');
      if (step.summary !== 'OobPending') return step;
    }
  } finally {
    done.abort();
  }
  throw new TimeoutError('nothing came from the other device in time');
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** An empty answer leaves the matter to the other device. */
async function typedAnswer(
  mechanism: Mechanism,
  callbacks: LoginCallbacks,
  signal: AbortSignal,
): Promise<LoginAnswer> {
  const answer = await callbacks.answer(mechanism, signal);
  return answer === '' ? never() : answer;
}

/** Seconds to let pass, unless the signal ends them. */
function pause(seconds: number, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new AbortedError());
    const abort = () => {
      clearTimeout(timer);
      reject(new AbortedError());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve(undefined);
    }, seconds * 1000);
    signal.addEventListener('abort', abort, { once: true });
  });
}

function stuck(step: AuthenticationStep): LoginError {
  if (textOf(step.result.IdpRedirectUrl) !== null) {
    return new LoginError('this user signs in at another identity provider: use a browser', step.summary);
  }
  return new LoginError(step.message ?? 'the server asks for nothing more, yet lets nobody in', step.summary);
}

function readSuccess(endpoint: string, { result, summary }: AuthenticationStep): LoginResult {
  const bearerToken = textOf(result.Auth);
  if (bearerToken === null) throw new LoginError('the server let you in without a token', summary);
  return { endpoint, bearerToken, user: textOf(result.User), userId: textOf(result.UserId) };
}
