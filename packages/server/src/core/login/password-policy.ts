import { foldLoginName } from '../login-name.js';
import type { User } from '../model.js';

const SHORTEST = 8;
const LONGEST = 1024;
/** The scorer's time grows with the length; what it would still say of the rest changes nothing. */
const SCORED = 100;
/** Of 0 to 4: guessed in fewer than a hundred million tries is too weak. */
const STRONG_ENOUGH = 2;

type Named = Pick<User, 'loginName' | 'displayName' | 'email'>;
type Scorer = (password: string, names: string[]) => string | null;

let scorer: Promise<Scorer> | null = null;

/** The dictionaries weigh a few megabytes: they are loaded with the first password that somebody chooses. */
async function loadScorer(): Promise<Scorer> {
  const [{ ZxcvbnFactory }, common] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  const zxcvbn = new ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs });
  return (password, names) => {
    const { score, sequence } = zxcvbn.check(password.slice(0, SCORED), names);
    if (score >= STRONG_ENOUGH) return null;
    const patterns = new Set(sequence.map(({ pattern }) => pattern));
    if (patterns.has('dictionary'))
      return 'It is one of the words and passwords that everybody tries first. Use several words that do not belong together.';
    if (patterns.has('repeat') || patterns.has('sequence'))
      return 'It repeats or counts up. Use several words that do not belong together.';
    if (patterns.has('spatial')) return 'It follows the keys of a keyboard. Use several words instead.';
    return 'It is too easy to guess. Make it longer.';
  };
}

/**
 * Why `password` may not be this user's, in one sentence for people; null when it may. What counts is how many
 * guesses it takes: no rules about kinds of characters.
 * @see NIST SP 800-63B section 3.1.1.2
 */
export async function passwordFault(password: string, user: Named): Promise<string | null> {
  const length = [...password].length;
  if (length < SHORTEST) return `Use at least ${SHORTEST} characters.`;
  if (password.length > LONGEST) return `Use at most ${LONGEST} characters.`;
  if (/^(.)\1*$/su.test(password)) return 'Use more than one character repeated.';
  const folded = foldLoginName(password);
  const names = [user.loginName, user.loginName.replace(/@.*/s, ''), user.displayName, user.email];
  if (names.some((name) => foldLoginName(name) === folded))
    return 'Do not use your name or your address as the password.';
  scorer ??= loadScorer();
  return (await scorer)(password, names);
}
