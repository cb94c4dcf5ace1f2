/**
 * How often one source, and one account, may come. Guessing one account's password is slowed down elsewhere (rule 11);
 * this keeps one source from costing the server more than its share, and from guessing across many.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Core } from '../core/core.js';
import { WrongPassword } from '../core/grants/password.js';
import { attemptSource } from '../core/login/source.js';
import { HttpRefusal } from './errors.js';
import { localityOf, type Sender } from './source.js';

/** A minute, from one source, at the open doors; a waiting sign-in polls twice a second at most. */
const KNOCKS = 300;
/** A minute, from one source: refusals of who asks, which is what guessing looks like. */
const REFUSALS = 600;
/** A minute, from one source: wrong passwords at the token endpoint. */
const GUESSES = 300;
/** A minute, for one account, over every source and token. */
const CALLS = 6_000;

/** The doors: each costs the server a row or a hash before it knows who knocks. */
const DOORS =
  /^\/(login|device|security\/(start|advance)authentication|oauth2\/(authorize|par|device|register))\b/i;
const REFUSED = new Set([401, 403, 421]);

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Open to everyone, and not free. */
    door?: boolean;
    /** Answered to every source, also to one that is refused everything else: what others rely on to work. */
    alwaysAnswered?: boolean;
  }
}

/** Seconds that a source has to wait because too much of what it asked for was refused; 0 while it need not. */
export function refusalWait({ rates, urls }: Pick<Core, 'rates' | 'urls'>): (request: Sender) => number {
  const isLocal = localityOf(urls.publicUrl);
  return (request) => (isLocal(request) ? 0 : rates.look(`refused ${attemptSource(request.ip)}`, REFUSALS));
}

/**
 * Seconds that a source has to wait with passwords because too many were wrong; 0 while it need not. Its other requests
 * go on: it may be a program that passes on what people type, some of whom guess.
 */
export function guessWait({ rates, urls }: Pick<Core, 'rates' | 'urls'>) {
  const isLocal = localityOf(urls.publicUrl);
  return (request: Sender, body: unknown): number => {
    const isGuess = typeof body === 'object' && body !== null && 'grant_type' in body;
    if (!isGuess || body.grant_type !== 'password' || isLocal(request)) return 0;
    return rates.look(`guesses ${attemptSource(request.ip)}`, GUESSES);
  };
}

/** What one is told who has to wait; nothing for one who need not. */
export function tooMany(wait: number, whose: string): HttpRefusal | undefined {
  return wait > 0
    ? new HttpRefusal(429, `too many requests ${whose}; try again in ${wait} s`, wait)
    : undefined;
}

export const GUESSED = 'with wrong passwords, from your address';

/**
 * All processes count together; a loopback source is free while nothing suggests that it speaks for another.
 *
 * @param isRefused whether a request was let in and refused before it came here: it is told why, and counted
 */
export function limitRates(
  app: FastifyInstance,
  core: Pick<Core, 'rates' | 'urls'>,
  isRefused: (request: FastifyRequest) => boolean,
): void {
  const { rates, urls } = core;
  const isLocal = localityOf(urls.publicUrl);
  const waitOf = refusalWait(core);
  const guessesOf = guessWait(core);

  app.addHook('onRoute', (route) => {
    if (DOORS.test(route.url)) route.config = { ...route.config, door: true };
  });
  app.addHook('onRequest', (request, _reply, done) => {
    if (isRefused(request) || request.routeOptions.config.alwaysAnswered) return done();
    const refused = tooMany(waitOf(request), 'that were refused, from your address');
    if (refused || !request.routeOptions.config.door || isLocal(request)) return done(refused);
    done(tooMany(rates.hit(`door ${attemptSource(request.ip)}`, KNOCKS), 'from your address'));
  });
  app.addHook('preHandler', (request, _reply, done) => {
    const { principal } = request;
    const guessed = tooMany(guessesOf(request, request.body), GUESSED);
    if (guessed || !principal || isLocal(request)) return done(guessed);
    done(tooMany(rates.hit(`account ${principal.subject.user.id}`, CALLS), 'of this account'));
  });
  app.addHook('onResponse', (request, reply, done) => {
    if (REFUSED.has(reply.statusCode) && !isLocal(request))
      rates.hit(`refused ${attemptSource(request.ip)}`, REFUSALS);
    done();
  });
  app.addHook('onError', (request, _reply, error, done) => {
    if (error instanceof WrongPassword && !isLocal(request))
      rates.hit(`guesses ${attemptSource(request.ip)}`, GUESSES);
    done();
  });
}
