import type { FastifyReply, FastifyRequest } from 'fastify';
import type { NewDevice } from '../core/login/devices.js';
import type { NewSession } from '../core/login/sessions.js';
import type { SessionPrincipal } from '../core/principal.js';
import { DEVICE_COOKIE, type EdgeDeps, SESSION_COOKIE } from './context.js';

/**
 * Hands the session to the browser. Without `persistent` the cookie goes when the browser closes.
 * @see RFC 6265 section 4.1
 */
export function setSessionCookie(
  reply: FastifyReply,
  { secure }: Pick<EdgeDeps, 'secure'>,
  { cookie, session }: Pick<NewSession, 'cookie' | 'session'>,
  persistent: boolean,
): void {
  reply.setCookie(SESSION_COOKIE, cookie, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    ...(persistent ? { expires: new Date(session.expiresAt) } : {}),
  });
}

/** Has the browser known from now on, if the sign-in said so. */
export function setDeviceCookie(
  reply: FastifyReply,
  { secure }: Pick<EdgeDeps, 'secure'>,
  made: NewDevice | null,
): void {
  if (!made) return;
  const expires = new Date(made.device.expiresAt);
  reply.setCookie(DEVICE_COOKIE, made.cookie, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    expires,
  });
}

export function clearSessionCookie(reply: FastifyReply, { secure }: Pick<EdgeDeps, 'secure'>): void {
  reply.clearCookie(SESSION_COOKIE, { path: '/', httpOnly: true, sameSite: 'lax', secure });
}

/** The session of a browser on routes outside the gate. */
export async function cookieSession(
  request: FastifyRequest,
  { core }: Pick<EdgeDeps, 'core'>,
): Promise<SessionPrincipal | null> {
  const cookie = request.cookies[SESSION_COOKIE];
  if (cookie === undefined) return null;
  await core.directory.ensureFresh();
  return core.sessions.byCookie(request.context, cookie);
}
