/**
 * Second factors that people add to their own account besides an authenticator app: security questions, recovery
 * codes, telephone numbers. In a signed-in session and with the password once more, never by an app's token.
 */
import type {
  Factor,
  PasskeyEnrolment,
  PasskeyOffer,
  PhoneEnrolment,
  PhoneOffer,
  PhoneTicket,
  QuestionsEnrolment,
  RecoveryCodes,
} from '@sallyport/contract';
import { z } from 'zod';
import type { Clock } from '../../kit/clock.js';
import type { Vault } from '../../kit/vault.js';
import { AdminError } from '../errors.js';
import type { Credentials } from '../login/credentials.js';
import { PHONE_MECHANISMS, phoneFactor } from '../login/factors.js';
import { createOneTimeCodes } from '../login/one-time-code.js';
import { createPasskeys } from '../login/passkeys.js';
import { normalAnswer, QUESTIONS_MECHANISM, questionFactor } from '../login/questions.js';
import { newRecoveryCodes, RECOVERY_MECHANISM } from '../login/recovery-codes.js';
import { phoneProofText } from '../mail/letters.js';
import type { Post } from '../mail/post.js';
import type * as model from '../model.js';
import type { Store } from '../ports.js';
import type { Principal, SessionPrincipal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import type { Urls } from '../urls.js';
import { administer, administrator } from './authority.js';
import type { ChangeLog, Recorder } from './change-log.js';
import { factorViews, named } from './factor-views.js';
import { createTickets } from './tickets.js';
import { getUser } from './users.js';

const OfferedPasskey = z.object({ challenge: z.string() });
const OfferedPhone = z.object({
  mechanism: z.enum(PHONE_MECHANISMS),
  number: z.string(),
  kept: z.string(),
});

/** Every function throws `AdminError`. */
export interface OwnFactors {
  enrolQuestions(
    context: RequestContext,
    principal: Principal,
    enrolment: QuestionsEnrolment,
  ): Promise<Factor>;
  renewRecoveryCodes(context: RequestContext, principal: Principal, password: string): Promise<RecoveryCodes>;
  /** Sends the code; nothing is kept before it comes back. */
  offerPhone(context: RequestContext, principal: Principal, offer: PhoneOffer): Promise<PhoneTicket>;
  enrolPhone(context: RequestContext, principal: Principal, enrolment: PhoneEnrolment): Promise<Factor>;
  offerPasskey(context: RequestContext, principal: Principal, password: string): Promise<PasskeyOffer>;
  enrolPasskey(context: RequestContext, principal: Principal, enrolment: PasskeyEnrolment): Promise<Factor>;
}

export function createOwnFactors(deps: {
  store: Store;
  urls: Urls;
  changeLog: ChangeLog;
  clock: Clock;
  vault: Vault;
  credentials: Credentials;
  post: Post;
}): OwnFactors {
  const { store, changeLog, clock, vault, credentials, post } = deps;
  const codes = createOneTimeCodes(vault);
  const passkeys = createPasskeys(deps);
  const tickets = createTickets(deps);

  /** Puts `made` in place of what the user has of that mechanism; `spend` uses up what it was made for. */
  async function replace(
    context: RequestContext,
    principal: SessionPrincipal,
    mechanism: string,
    made: readonly model.Factor[],
    spend?: (recorder: Recorder, tenantId: string) => Promise<void>,
  ): Promise<void> {
    const by = administrator(principal, context.source);
    await administer(changeLog, context.tenant.id, by, [], async (recorder) => {
      await spend?.(recorder, context.tenant.id);
      const user = await getUser(recorder.tx, context.tenant.id, principal.subject.user.id);
      const present = await recorder.tx.users.factors(user.tenantId, user.id);
      for (const factor of present)
        if (factor.mechanism === mechanism) await recorder.removeFactor(user, factor);
      for (const factor of made) await recorder.addFactor(user, factor);
    });
  }

  return {
    async enrolQuestions(context, principal, { password, questions }) {
      const session = await requirePassword(credentials, context, principal, password);
      const { user } = session.subject;
      const made: model.Factor[] = [];
      for (const [i, { question, answer }] of questions.entries()) {
        const normal = normalAnswer(answer);
        if (normal === '') throw AdminError.invalid(`questions.${i}.answer`, 'needs letters or digits');
        const stored = { question, answerHash: await credentials.hashChosen(normal) };
        made.push(questionFactor(vault, user, stored, clock.now()));
      }
      await replace(context, session, QUESTIONS_MECHANISM, made);
      return viewOf(vault, made);
    },
    async renewRecoveryCodes(context, principal, password) {
      const session = await requirePassword(credentials, context, principal, password);
      const made = await newRecoveryCodes(deps, session.subject.user, clock.now());
      await replace(context, session, RECOVERY_MECHANISM, made.factors);
      return { codes: made.codes };
    },
    async offerPhone(context, principal, { password, mechanism, number }) {
      const session = await requirePassword(credentials, context, principal, password);
      if (!post.reaches('sms'))
        throw new AdminError('conflict', 'text messages and calls are not set up on this server');
      const { user } = session.subject;
      const { code, kept } = codes.make();
      await post.send(context, user.loginKey, 'sms', phoneProofText(context, number, code));
      return { ticket: tickets.seal(phonePurpose(user.id), { mechanism, number, kept }) };
    },
    async enrolPhone(context, principal, { ticket, code }) {
      const session = signedIn(principal);
      const { user } = session.subject;
      const opened = tickets.open(OfferedPhone, phonePurpose(user.id), ticket);
      const { mechanism, number, kept } = opened.state;
      const isRight = async () => codes.matches(kept, code);
      if (!(await credentials.guarded(context, user.loginName, isRight)))
        throw AdminError.invalid('code', 'not the code that was sent');
      const factor = phoneFactor(vault, user, mechanism, number, clock.now());
      await replace(context, session, mechanism, [factor], opened.spend);
      return viewOf(vault, [factor]);
    },
    async offerPasskey(context, principal, password) {
      const session = await requirePassword(credentials, context, principal, password);
      if (!passkeys.areUsable)
        throw new AdminError(
          'conflict',
          'passkeys need a server that is reached by a name, not by an address',
        );
      const { user } = session.subject;
      const present = await store.read.users.factors(user.tenantId, user.id);
      const options = await passkeys.creationOptions(user, context.tenant.name, present);
      const { challenge } = options;
      return { ticket: tickets.seal(passkeyPurpose(user.id), { challenge }), options: { ...options } };
    },
    async enrolPasskey(context, principal, { ticket, name, response }) {
      const session = signedIn(principal);
      const { user } = session.subject;
      const opened = tickets.open(OfferedPasskey, passkeyPurpose(user.id), ticket);
      const made = await passkeys.created(user, opened.state.challenge, response, clock.now());
      if (!made) throw AdminError.invalid('response', 'does not answer the offer');
      const factor = name === undefined ? made : named(vault, made, name);
      const by = administrator(session, context.source);
      await administer(changeLog, context.tenant.id, by, [], async (recorder) => {
        await opened.spend(recorder, user.tenantId);
        const current = await getUser(recorder.tx, user.tenantId, user.id);
        if (passkeys.isKnown(factor, await recorder.tx.users.factors(user.tenantId, user.id)))
          throw new AdminError('conflict', 'this passkey is yours already');
        await recorder.addFactor(current, factor);
      });
      return viewOf(vault, [factor]);
    },
  };
}

/** A fresh proof before anything that opens the account. Throws `invalid`, naming `password`. */
export async function requirePassword(
  credentials: Pick<Credentials, 'check'>,
  context: RequestContext,
  principal: Principal,
  secret: string,
): Promise<SessionPrincipal> {
  const session = signedIn(principal);
  const { loginName } = session.subject.user;
  const verdict = await credentials.check(context, { loginName, secret, as: 'person' });
  if (!verdict.ok) throw AdminError.invalid('password', 'this is not your password');
  return session;
}

/** A token never begets more than it is. Rule 15. */
export function signedIn(principal: Principal): SessionPrincipal {
  if (principal.kind === 'session') return principal;
  throw new AdminError('forbidden', 'this needs a signed-in session; an access token does not do');
}

function phonePurpose(userId: string): string {
  return `phone of ${userId}`;
}

function passkeyPurpose(userId: string): string {
  return `passkey of ${userId}`;
}

function viewOf(vault: Vault, made: readonly model.Factor[]): Factor {
  const [view] = factorViews(vault, made);
  if (!view) throw new Error('nothing was enrolled');
  return view;
}
