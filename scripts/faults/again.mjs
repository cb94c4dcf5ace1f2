/** What a client does that got no answer: it asks again. */
import { setTimeout as wait } from 'node:timers/promises';
import { PATIENCE } from './calls.mjs';

/** Milliseconds during which a server forgives the second use of a refresh token whose successor is unused. */
export const GRACE = 10_000;
/** How long a client tries: its last answer still comes within the grace of its first try. */
const TRYING = GRACE - PATIENCE - 500;

/** The answer to one of several attempts; null when none came. */
export async function again(attempt, milliseconds = TRYING) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await wait(100)) {
    const answer = await attempt();
    if (answer) return answer;
  }
  return null;
}

/**
 * Uses the last token of a chain for its successor. Resolves to whether there was an answer; a refusal leaves the chain
 * `broken`.
 */
export async function rotateChain(calls, chain) {
  const answer = await again(() => calls.rotate(chain.tokens.at(-1)));
  if (answer?.status === 200) {
    chain.tokens.push(answer.body.refresh_token);
    chain.usedAt = Date.now();
  } else if (answer) chain.broken = `${answer.status} ${JSON.stringify(answer.body)}`;
  return answer !== null;
}

/**
 * The replaced tokens that must be refused, newest first: the grace ends with its time, over in a chain that `isRested`,
 * or where the successor was used too.
 */
export const spentTokens = ({ tokens, isRested }) => tokens.slice(0, isRested ? -1 : -2).reverse();
