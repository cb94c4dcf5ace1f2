/** Passwords that were forgotten: a link by mail, then any second factor that is enrolled, then a new password. */
import type { Subject } from '../access.js';
import { forgottenPasswordLetter, invitationLetter } from '../mail/letters.js';
import type { Post } from '../mail/post.js';
import type { Candidate } from '../mechanisms/mechanism.js';
import type { RequestContext } from '../request-context.js';
import type { Urls } from '../urls.js';
import type { LoginPackage, LoginStep } from './login.js';
import type { LoginState, Packages } from './package.js';

const LIFETIME = 30 * 60_000;
const INVITATION_LIFETIME = 3 * 86_400_000;

const SENT = 'If there is such an account, a mail with the way to a new password is on its way.';
export const PASSWORD_CHANGED = 'Your password is changed. Sign in with it.';

/** What shows nothing of the person; a question would, before anybody has proved a password. Rule 11. */
const WITHOUT_HINTS = ['OATH', 'U2F', 'RECOVERY', 'SMS', 'PF'];

export interface Forgotten {
  /** The same answer, at the same cost, for whatever name. */
  send(context: RequestContext, loginKey: string): Promise<LoginStep>;
  /** Mails the user the way to a first password; whoever asks for it answers for how often. */
  invite(context: RequestContext, subject: Subject): Promise<void>;
}

export function createForgotten(deps: {
  post: Post;
  urls: Urls;
  packages: Packages;
  personOf(context: RequestContext, loginName: string): Promise<Subject | null>;
  candidateOf(context: RequestContext, subject: Subject | null): Promise<Candidate>;
  open(
    context: RequestContext,
    loginKey: string,
    candidate: Candidate,
    state: LoginState,
    lifetime: number,
  ): Promise<LoginPackage>;
}): Forgotten {
  const { post, urls, packages } = deps;

  /** A login that ends with a new password, and the link that opens it. */
  async function openWay(
    context: RequestContext,
    loginKey: string,
    subject: Subject | null,
    lifetime: number,
  ): Promise<string> {
    const candidate = await deps.candidateOf(context, subject);
    const enrolled = new Set(candidate.factors.map(({ mechanism }) => mechanism));
    const second = WITHOUT_HINTS.filter((name) => enrolled.has(name));
    const challenges = second.length > 0 ? [second, ['RESET']] : [['RESET']];
    const state: LoginState = {
      purpose: 'forgotten',
      sessionId: null,
      appId: null,
      profile: null,
      remaining: await packages.assemble(challenges, candidate),
      met: [],
      address: subject?.user.email ?? null,
      platformToken: false,
      challenger: null,
      userAgent: context.userAgent,
    };
    const { sessionId } = await deps.open(context, loginKey, candidate, state, lifetime);
    return `${urls.publicUrl}/login/recover?token=${sessionId}`;
  }

  return {
    async send(context, loginKey) {
      const subject = await deps.personOf(context, loginKey);
      const link = await openWay(context, loginKey, subject, LIFETIME);
      const letter = subject && forgottenPasswordLetter(context, { to: subject.user.email, link });
      await post.send(context, loginKey, 'mail', letter);
      return { summary: 'NoncommitalSuccess', message: SENT };
    },
    async invite(context, subject) {
      const { email: to, loginName, loginKey } = subject.user;
      const link = await openWay(context, loginKey, subject, INVITATION_LIFETIME);
      await post.send(context, loginKey, 'mail', invitationLetter(context, { to, loginName, link }));
    },
  };
}
