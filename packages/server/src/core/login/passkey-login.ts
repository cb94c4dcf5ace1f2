/**
 * Signing in by a passkey alone, before any name is typed: the browser offers the ones it knows, and the one chosen
 * names its user. The device must have verified that user, so it stands for more than possession.
 */
import { sha256 } from '../../kit/digest.js';
import type { Subject } from '../access.js';
import type { Audit } from '../audit.js';
import type { Directory } from '../directory.js';
import type { Candidate } from '../mechanisms/mechanism.js';
import type { Store } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import type { Credentials } from './credentials.js';
import type { Devices } from './devices.js';
import type { LoginAims, LoginPackage, LoginStep, Turn } from './login.js';
import type { LoginState } from './package.js';
import { PASSKEY_MECHANISM, type Passkeys } from './passkeys.js';
import { deviceProof, PASSKEY } from './policy.js';
import type { Steps } from './steps.js';

export interface PasskeyOffer {
  sessionId: string;
  /** For the browser. @see Web Authentication section 5.5 */
  options: object;
}

export interface PasskeyLogin {
  /** Null where passkeys cannot be used. */
  offer(context: RequestContext, aims: LoginAims): Promise<PasskeyOffer | null>;
  take(context: RequestContext, sessionId: string, answer: string): Promise<LoginStep>;
}

export function createPasskeyLogin(deps: {
  store: Store;
  audit: Audit;
  directory: Directory;
  credentials: Credentials;
  passkeys: Passkeys;
  devices: Devices;
  steps: Steps;
  newState(context: RequestContext, aims: LoginAims): Omit<LoginState, 'purpose'>;
  find(context: RequestContext, sessionId: string): Promise<Turn | null>;
  candidateOf(context: RequestContext, subject: Subject | null): Promise<Candidate>;
  open(
    context: RequestContext,
    loginKey: string,
    candidate: Candidate,
    state: LoginState,
  ): Promise<LoginPackage>;
}): PasskeyLogin {
  const { store, audit, directory, credentials, devices, passkeys, steps } = deps;

  async function personOf({ tenant }: RequestContext, userId: string | null): Promise<Subject | null> {
    await directory.catchUp();
    const subject = userId === null ? null : await directory.subject(tenant.id, userId);
    return subject?.user.enabled && !subject.user.confidentialClient ? subject : null;
  }

  async function fail(context: RequestContext, subject: Subject | null): Promise<LoginStep> {
    const facts = { userId: subject?.user.id ?? null, userName: subject?.user.loginName ?? null };
    await audit.append(context, 'login.failure', {
      ...facts,
      detail: 'not answered by a passkey of the user',
    });
    return { summary: 'Failure' };
  }

  return {
    async offer(context, aims) {
      if (!passkeys.areUsable) return null;
      const options = await passkeys.requestOptions(null);
      const place = {
        id: PASSKEY,
        mechanism: PASSKEY_MECHANISM,
        kept: options.challenge,
        link: null,
        verdict: null,
      };
      const state = { ...deps.newState(context, aims), purpose: 'passkey' as const, remaining: [[place]] };
      const nobody = await deps.candidateOf(context, null);
      const { sessionId } = await deps.open(context, '', nobody, state);
      return { sessionId, options };
    },
    async take(context, sessionId, answer) {
      const turn = await deps.find(context, sessionId);
      // Whoever takes the offer away is the one who may answer it.
      if (turn?.state.purpose !== 'passkey') return { summary: 'Failure' };
      if (!(await store.write((tx) => tx.logins.consume(sha256(sessionId))))) return { summary: 'Failure' };
      const subject = await personOf(context, passkeys.userIdIn(answer));
      if (!subject) return fail(context, null);
      const { user } = subject;
      const candidate = await deps.candidateOf(context, subject);
      const challenge = turn.state.remaining[0]?.[0]?.kept ?? '';
      const verify = () => passkeys.proves(candidate.factors, answer, challenge, true);
      if (!(await credentials.guarded(context, user.loginName, verify))) return fail(context, subject);
      const device = await devices.of(context, subject);
      const met = [PASSKEY, ...(device ? [deviceProof(device.id)] : [])];
      const state = { ...turn.state, purpose: 'sign-in' as const, remaining: [], met };
      const opened = await deps.open(context, user.loginKey, candidate, state);
      const begun = await deps.find(context, opened.sessionId);
      return begun ? steps.conclude(begun, subject) : { summary: 'Failure' };
    },
  };
}
