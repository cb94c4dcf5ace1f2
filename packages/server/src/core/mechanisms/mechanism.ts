/**
 * What a way to prove who one is looks like. A mechanism is one file in this folder and one line in `index.ts`; it
 * does not know its siblings, nor in which order a login asks for them.
 */
import type { Clock } from '../../kit/clock.js';
import type { Vault } from '../../kit/vault.js';
import type { Subject } from '../access.js';
import type { Recorder } from '../admin/change-log.js';
import type { Credentials } from '../login/credentials.js';
import type { Sessions } from '../login/sessions.js';
import type { Post } from '../mail/post.js';
import type { Factor } from '../model.js';
import type { Store, Writer } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import type { Urls } from '../urls.js';

/** What mechanisms may use. */
export interface MechanismDeps {
  store: Store;
  clock: Clock;
  vault: Vault;
  urls: Urls;
  credentials: Credentials;
  sessions: Sessions;
  post: Post;
}

/** Whom a challenge is put together for. */
export interface Candidate {
  context: RequestContext;
  /** Null for an unknown name. */
  subject: Subject | null;
  factors: readonly Factor[];
}

/** One string, or one for each part of a mechanism that asks several things at once. */
export type Answer = string | Readonly<Record<string, string>>;

/** One answer of one login. */
export interface MechanismAttempt {
  context: RequestContext;
  /** The name as folded at the start; the account may not exist. */
  loginKey: string;
  /** Null for an unknown name; the check must cost the same. */
  subject: Subject | null;
  answer: Answer;
  /** What {@link Mechanism.start} kept; null when it was not started. */
  kept: string | null;
  /** Whether no other challenge follows. */
  final: boolean;
}

/** What a right answer changes of the user: written in the transaction that takes the step, or not at all. */
export interface Purchase {
  write(recorder: Recorder): Promise<void>;
  /** What follows once that is durable. */
  after(): Promise<void>;
}

/**
 * `spend` uses up what was answered, in the transaction that the login goes on by, so that it is not lost to a step
 * that never came about; false when it was used elsewhere meanwhile. `fault` is for the person, of an answer that was
 * no failed proof: the same challenge stays. `detail` is for the operator.
 */
export type MechanismVerdict =
  | { met: true; spend?: (tx: Writer) => Promise<boolean>; purchase?: Purchase }
  | { met: false; detail: string }
  | { met: false; fault: string };

export interface Start extends Candidate {
  loginKey: string;
  /** Opens a page on any device that lets this very login go on, or ends it. */
  link: string;
}

export interface Started {
  /** For the answer's check; stored, so it holds no secret in the clear. */
  kept: string;
  /** To be shown where the person signs in. */
  shown?: Pick<Shown, 'number' | 'options'>;
  /** Sends what there is to send, once the start is written down. */
  dispatch?(): Promise<void>;
}

/** What a mechanism shows of the person or of the attempt; nothing of it before the password is met. */
export interface Shown {
  /** Where the message goes, all but a hint of it hidden. */
  address?: string;
  /** Several things to answer at once. */
  questions?: readonly { id: string; text: string }[];
  /** To be compared with what the other device asks for. */
  number?: string;
  /** What the browser needs to ask a security key. @see Web Authentication section 5.5 */
  options?: object;
}

export interface Mechanism {
  /** Name on the wire, as the vendor's clients know it. */
  readonly name: string;
  /** `Text` is only answered; `StartTextOob` is started, then answered or polled; `StartOob` is started and polled. */
  readonly answerType: 'Text' | 'StartTextOob' | 'StartOob';
  /** Short label in a list of mechanisms. */
  readonly label: string;
  /** What to type, once it is chosen. */
  readonly prompt: string;
  /** Whether the answer must not be shown while it is typed. */
  readonly masked: boolean;
  /** How a browser or a password manager fills it in. @see HTML section 4.10.18.7 (autofill) */
  readonly autocomplete: 'current-password' | 'one-time-code' | 'new-password' | 'off';
  /** Whether the candidate could meet it here and now. */
  isOpenTo(candidate: Candidate): boolean | Promise<boolean>;
  /** Of the candidate's own, to be shown once the password is met. */
  shows?(candidate: Candidate): Shown;
  start?(start: Start): Promise<Started>;
  verify(attempt: MechanismAttempt): Promise<MechanismVerdict>;
}

/** Whether a factor of that mechanism is enrolled. */
export function hasFactor({ factors }: Candidate, mechanism: string): boolean {
  return factors.some((factor) => factor.mechanism === mechanism);
}
