/**
 * The gate before every REST call: who comes, how far their scopes reach, and, for a browser's cookie, from which
 * page. What the user's rights then allow is decided by the operation itself. Rules 7, 8 and 12.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AuditFacts } from '../core/audit.js';
import { presentsToken } from '../core/authenticate.js';
import { DPOP_ALGORITHMS } from '../core/oauth/dpop.js';
import type { Principal, TokenPrincipal } from '../core/principal.js';
import { matchSubject } from '../core/scope-patterns.js';
import { closestPattern, notePrincipal, openingOf } from '../core/traffic/notes.js';
import { type EdgeDeps, SESSION_COOKIE } from './context.js';
import { callerOf, noteDenial } from './denials.js';
import { HttpRefusal } from './errors.js';
import { checkFormPost } from './form-token.js';
import { handOutNonces, provedRequest } from './proved-request.js';

export type GateError =
  | 'unauthenticated'
  | 'invalid_token'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'insufficient_scope'
  | 'cross_site_request';

/** The caller learns the kind of refusal; the exact reason is in the log. @see RFC 6750 section 3.1 */
export class GateRefusal extends HttpRefusal {
  constructor(
    status: 401 | 403,
    readonly error: GateError,
    message: string,
    /** For `WWW-Authenticate`. */
    readonly challenge: string,
  ) {
    super(status, message);
  }
}

/** Methods by which nothing changes. @see RFC 9110 section 9.2.1 */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

const WORDS = {
  unauthenticated: 'sign in, or present an access token',
  invalid_token: 'the access token or session is not valid',
  invalid_dpop_proof: 'the DPoP proof is not good for this request, or was used before',
  use_dpop_nonce: 'the DPoP proof needs the nonce of the DPoP-Nonce header',
  insufficient_scope: 'the scopes of the access token do not open this call',
  cross_site_request: 'a page of another site may not do this for you',
} as const satisfies Record<GateError, string>;

/** Puts the gate before every route of `app` that is registered after it; `config: { anonymous: true }` passes. */
export function gate(app: FastifyInstance, { core, endpoints }: EdgeDeps): void {
  const { authenticate, directory, audit, urls } = core;
  const metadata = `${urls.publicUrl}/.well-known/oauth-protected-resource`;

  handOutNonces(app, core.dpop);
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.anonymous || url.includes('*')) return;
    for (const each of [method].flat())
      if (each !== 'HEAD')
        endpoints.push({ method: each, path: url.replace(/:(\w+)/g, '{$1}').replace(/(?<=.)\/$/, '') });
  });

  /** Writes down the exact reason, and answers the refusal with the general one. */
  async function refuse(request: FastifyRequest, error: GateError, facts: AuditFacts): Promise<GateRefusal> {
    await noteDenial(audit, request, facts);
    const status = error === 'insufficient_scope' || error === 'cross_site_request' ? 403 : 401;
    const scheme = /^dpop\b/i.test(request.headers.authorization ?? '') ? 'DPoP' : 'Bearer';
    return new GateRefusal(status, error, WORDS[error], challenge(scheme, error, metadata));
  }

  async function authenticated(request: FastifyRequest): Promise<Principal> {
    const { authorization } = request.headers;
    const cookie = request.cookies[SESSION_COOKIE];
    const proved = provedRequest(request, urls.publicUrl);
    const verdict = await authenticate(request.context, { authorization, cookie, proved });
    if (verdict.principal) return verdict.principal;
    if (!presentsToken(authorization)) throw await refuse(request, 'unauthenticated', verdict);
    const { error } = verdict;
    const isOfProof = error === 'use_dpop_nonce' || error === 'invalid_dpop_proof';
    throw await refuse(request, isOfProof ? error : 'invalid_token', { detail: verdict.detail });
  }

  async function requireScope(request: FastifyRequest, principal: TokenPrincipal): Promise<void> {
    const subject = matchSubject(request.raw.url ?? '');
    const { app, scope } = principal;
    const { trace } = request.context;
    if (app.opens(scope, subject)) {
      if (trace) trace.passed('scopeOpens', openingOf(app, scope, subject));
      return;
    }
    const opening = app.scopesOpening(subject);
    const remedy =
      opening.length > 0
        ? `it would need one of ${opening.join(', ')}`
        : `no scope of ${app.applicationId} does; add a REST Regex that matches "${subject}" to one of them`;
    const closest = closestPattern(app, scope, subject);
    throw await refuse(request, 'insufficient_scope', {
      ...callerOf(principal),
      detail: `${scopesInWords(scope)} not open "${subject}"; ${remedy}${closest ? `; closest is ${closest}` : ''}`,
    });
  }

  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.anonymous) return;
    await directory.ensureFresh();
    const principal = await authenticated(request);
    notePrincipal(request.context, principal);
    if (principal.kind === 'token') await requireScope(request, principal);
    request.principal = principal;
  });

  app.addHook('preValidation', async (request) => {
    const { principal, method } = request;
    if (principal?.kind !== 'session' || !principal.byCookie || SAFE_METHODS.has(method)) return;
    try {
      checkFormPost(request);
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      const detail = `by cookie, from origin ${request.headers.origin ?? 'unknown'}: ${error.message}`;
      throw await refuse(request, 'cross_site_request', { ...callerOf(principal), detail });
    }
  });
}

function scopesInWords(scope: string): string {
  if (scope === '') return 'a token without scopes does';
  return scope.includes(' ') ? `scopes "${scope.split(' ').join('", "')}" do` : `scope "${scope}" does`;
}

/** An error is named only to whoever presented a token. @see RFC 6750 section 3, RFC 9728 section 5.1 */
function challenge(scheme: 'Bearer' | 'DPoP', error: GateError, metadata: string): string {
  const named = error !== 'unauthenticated' && error !== 'cross_site_request';
  const algorithms = scheme === 'DPoP' ? `algs="${DPOP_ALGORITHMS.join(' ')}", ` : '';
  const reason = named ? `error="${error}", error_description="${WORDS[error]}", ` : '';
  return `${scheme} ${reason}${algorithms}resource_metadata="${metadata}"`;
}
