/**
 * How often one source, and one account, may come. Guessing one account's password is slowed down elsewhere (rule 11);
 * this keeps one source from costing the server more than its share, and from guessing across many.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core/core.js';
import { WrongPassword } from '../core/grants/password.js';
import { attemptSource } from '../core/login/source.js';
import { HttpRefusal } from './errors.js';
import { localityOf, type Sender } from './source.js';
import type { Turns } from './turns.js';

/** A minute, from one source, at the open doors; a waiting sign-in polls twice a second at most. */
const KNOCKS = 300;
/** A minute, from one source: wrong passwords at the token endpoint. */
const GUESSES = 300;
/** A minute, for one account, over every source and token. */
const CALLS = 6_000;

/** The doors: each costs the server a row or a hash before it knows who knocks. */
const DOORS =
  /^\/(login|device|security\/(start|advance)authentication|oauth2\/(authorize|par|device|register))\b/i;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Open to everyone, and not free. */
    door?: boolean;
    /** Answered to every source, also to one that is refused everything else: what others rely on to work. */
    alwaysAnswered?: boolean;
  }
  interface FastifyRequest {
    /** The source of whose places the request holds one. */
    turn: string | null;
  }
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

/** For a source that may not enter. It may be that too many of its requests wait for their turn. */
export function tooManyRefused(turns: Turns, source: string): HttpRefusal | undefined {
  return tooMany(Math.max(1, turns.wait(source)), 'that were refused, from your address');
}

export const GUESSED = 'with wrong passwords, from your address';

/**
 * All processes count together; a loopback source is free while nothing suggests that it speaks for another.
 *
 * @param isRefused whether a request was let in, refused and counted before it came here: it is told why
 */
export function limitRates(
  app: FastifyInstance,
  core: Pick<Core, 'rates' | 'urls'>,
  turns: Turns,
  isRefused: (request: FastifyRequest) => boolean,
): void {
  const { rates, urls } = core;
  const isLocal = localityOf(urls.publicUrl);
  const guessesOf = guessWait(core);

  /** Until the answer leaves; a client that hangs up may leave a body that never ends. */
  function holdTurn(request: FastifyRequest, { raw }: FastifyReply, source: string): void {
    request.turn = source;
    if (raw.destroyed) leaveTurn(request);
    else raw.once('close', () => leaveTurn(request));
  }

  function leaveTurn(request: FastifyRequest): void {
    if (request.turn !== null) turns.leave(request.turn);
    request.turn = null;
  }

  app.addHook('onRoute', (route) => {
    if (DOORS.test(route.url)) route.config = { ...route.config, door: true };
  });
  app.decorateRequest('turn', null);
  app.addHook('onRequest', (request, reply, done) => {
    const { config } = request.routeOptions;
    const source = turns.sourceOf(request);
    if (source === null || config.alwaysAnswered || isRefused(request)) return done();
    const goOn = (mayEnter: boolean) => {
      if (!mayEnter) return done(tooManyRefused(turns, source));
      holdTurn(request, reply, source);
      if (!config.door) return done();
      done(tooMany(rates.hit(`door ${attemptSource(request.ip)}`, KNOCKS), 'from your address'));
    };
    const entered = turns.enter(source);
    if (typeof entered === 'boolean') goOn(entered);
    else void entered.then(goOn);
  });
  app.addHook('preHandler', (request, _reply, done) => {
    const { principal } = request;
    const guessed = tooMany(guessesOf(request, request.body), GUESSED);
    if (guessed || !principal || isLocal(request)) return done(guessed);
    done(tooMany(rates.hit(`account ${principal.subject.user.id}`, CALLS), 'of this account'));
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const source = request.turn ?? turns.sourceOf(request);
    if (source !== null && !isRefused(request)) turns.count(source, reply.statusCode);
    leaveTurn(request);
    done();
  });
  app.addHook('onError', (request, _reply, error, done) => {
    if (error instanceof WrongPassword && !isLocal(request))
      rates.hit(`guesses ${attemptSource(request.ip)}`, GUESSES);
    done();
  });
}
