/** Which challenges a login asks for, and how they are stored and shown. */
import { z } from 'zod';
import { randomToken } from '../../kit/random.js';
import type { Candidate, Mechanism, Shown } from '../mechanisms/mechanism.js';
import { type Challenges, PASSKEY } from './policy.js';

const Place = z.object({
  id: z.string(),
  mechanism: z.string(),
  /** What the mechanism's start kept; null before. */
  kept: z.string().nullable(),
  /** Hash of the token that lets another device decide; null before it is started. */
  link: z.string().nullable(),
  /** What that device decided. */
  verdict: z.enum(['approved', 'denied']).nullable(),
});
/** One mechanism within one challenge of one login. The id says nothing and is of use nowhere else. */
export type Place = z.infer<typeof Place>;

const LoginState = z.object({
  /**
   * `forgotten` ends with a new password, and with no session; `step-up` raises the session `sessionId`; `passkey`
   * waits for a key to say who its user is; `on-demand` proves a user to an administrator, and makes no session.
   */
  purpose: z.enum(['sign-in', 'step-up', 'forgotten', 'passkey', 'on-demand']),
  sessionId: z.string().nullable(),
  /** The app that is signed in to, which rules may ask for. */
  appId: z.string().nullable(),
  /** A profile that must be met besides the one that the rules choose. */
  profile: z.string().nullable(),
  /** Challenges still to be met, in order, each by one of its places; one without places can be met by nobody. */
  remaining: z.array(z.array(Place)),
  /** Names of the mechanisms met so far. */
  met: z.array(z.string()),
  /** The mail address that got what is to be answered; null while nothing was mailed. */
  address: z.string().nullable().default(null),
  /** Whether whoever signs in asked for a JWT besides. */
  platformToken: z.boolean().default(false),
  /** Login name of whoever has the user proved; null when they prove themselves for a session. */
  challenger: z.string().nullable().default(null),
  /** What signs in, for whoever is asked to confirm it elsewhere. */
  userAgent: z.string(),
});
export type LoginState = z.infer<typeof LoginState>;

export function parseState(stored: string): LoginState {
  return LoginState.parse(JSON.parse(stored));
}

/** A challenge as a client is shown it. */
export interface Challenge {
  mechanisms: OfferedMechanism[];
}
export interface OfferedMechanism
  extends Pick<Mechanism, 'name' | 'answerType' | 'label' | 'prompt' | 'masked' | 'autocomplete'>,
    Omit<Shown, 'number' | 'options'> {
  id: string;
}

export interface Packages {
  /** The challenges with the mechanisms that the candidate could meet. */
  assemble(challenges: Challenges, candidate: Candidate): Promise<LoginState['remaining']>;
  /** As far as they can be met; nothing about the person before the password is. */
  describe(state: Pick<LoginState, 'remaining' | 'met'>, candidate: Candidate): Challenge[];
}

export function createPackages(mechanisms: ReadonlyMap<string, Mechanism>): Packages {
  async function placesOf(names: readonly string[], candidate: Candidate): Promise<Place[]> {
    const open: Place[] = [];
    for (const name of names) if (await mechanisms.get(name)?.isOpenTo(candidate)) open.push(newPlace(name));
    return open;
  }

  function offered({ id, mechanism }: Place, candidate: Candidate, isKnown: boolean): OfferedMechanism[] {
    const known = mechanisms.get(mechanism);
    if (!known) return [];
    const { name, answerType, label, prompt, masked, autocomplete } = known;
    const { address, questions } = (isKnown && known.shows?.(candidate)) || {};
    return [
      {
        ...{ id, name, answerType, label, prompt, masked, autocomplete },
        ...(address === undefined ? {} : { address }),
        ...(questions === undefined ? {} : { questions }),
      },
    ];
  }

  return {
    async assemble(challenges, candidate) {
      const remaining: LoginState['remaining'] = [];
      for (const names of challenges) remaining.push(await placesOf(names, candidate));
      // Whoever could not even begin is asked for the password first, as anybody is.
      return remaining[0]?.length === 0 ? [[newPlace('UP')], []] : remaining;
    },
    describe({ remaining, met }, candidate) {
      const end = remaining.findIndex((places) => places.length === 0);
      const reachable = end === -1 ? remaining : remaining.slice(0, end);
      const isKnown = met.includes('UP') || met.includes(PASSKEY);
      return reachable.map((places) => ({
        mechanisms: places.flatMap((place) => offered(place, candidate, isKnown)),
      }));
    },
  };
}

/** What is to be met, for the trace: names of mechanisms alone. */
export function challengeWords(challenges: readonly Challenge[]): string {
  return challenges.map(({ mechanisms }) => mechanisms.map(({ name }) => name).join(' or ')).join(', then ');
}

function newPlace(mechanism: string): Place {
  return { id: randomToken(), mechanism, kept: null, link: null, verdict: null };
}
