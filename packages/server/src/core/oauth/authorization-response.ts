/** The answers of the authorization endpoint that travel to the client. */
import type { Clock } from '../../kit/clock.js';
import type { Audit } from '../audit.js';
import { profileNamed } from '../login/policy.js';
import type { LogoutNotices } from '../logout/logout-notices.js';
import type { Consent } from '../model.js';
import type { Store, Writer } from '../ports.js';
import { type ClaimsRequest, readClaimsRequest, storedClaims } from '../tokens/claims-request.js';
import type { TokenMint } from '../tokens/issuer.js';
import type { Urls } from '../urls.js';
import type { AuthorizeAnswer, TrustedRequest } from './authorization-request.js';
import { newCode } from './code.js';
import { frontChannel } from './front-channel.js';
import { alreadyAnswered } from './parking.js';
import { present, withFragment, withParameters } from './redirect-uri.js';
import { requestedResponseType, responseModeOf } from './response-type.js';
import type { Signer } from './signer.js';

export interface AuthorizationResponses {
  /** What the response type asks for. `answers` are the keys of the parked request, each of which ends with this. */
  issue(
    request: TrustedRequest,
    signer: Signer,
    decided: {
      scope: string;
      answers: readonly string[];
      /** The user said yes just now; the entry, if any, is kept for the next time. */
      allowed?: { consent: Consent | null };
    },
  ): Promise<AuthorizeAnswer>;
  /** Ends a parked request that the user refused. */
  deny(request: TrustedRequest, signer: Signer, answers: readonly string[]): Promise<void>;
}

interface ResponseDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  urls: Urls;
  mint: TokenMint;
  logout: Pick<LogoutNotices, 'participant'>;
}

export function createAuthorizationResponses(deps: ResponseDeps): AuthorizationResponses {
  const { store, clock, audit, urls, mint, logout } = deps;

  function event(
    type: 'consent.allowed' | 'consent.denied' | 'token.issued',
    { context, app, client }: TrustedRequest,
    { subject }: Signer,
    detail: string,
  ) {
    const { id: userId, loginName: userName } = subject.user;
    return audit.event(context, type, { userId, userName, appId: app.id, clientId: client.id, detail });
  }

  return {
    async issue(request, signer, { scope, answers, allowed }) {
      const { app, parameters } = request;
      const type = requestedResponseType(app, parameters);
      const claims = claimsOf(request);
      const issued =
        type.code && signer.kind === 'session'
          ? newCode(request, signer, { scope, claims: storedClaims(claims) }, clock.now())
          : null;
      const code = issued?.code ?? null;
      const front = await frontChannel(mint, request, signer, { type, scope, claims, code });
      const events = [
        ...(allowed ? [event('consent.allowed', request, signer, scope)] : []),
        ...(type.token || type.idToken
          ? [event('token.issued', request, signer, `front channel: ${scope}`)]
          : []),
      ];
      const { sessionId, subject } = signer;
      const session = { sessionId, userId: subject.user.id };
      const participant = logout.participant(app, request.client, session);
      const isFirst = await store.write(async (tx) => {
        if (!(await consumeAll(tx, answers))) return false;
        if (participant) await tx.sessionClients.add(participant);
        if (issued) await tx.codes.insert(issued.row);
        await front.store(tx);
        if (allowed?.consent) await tx.consents.upsert(allowed.consent);
        for (const line of events) await tx.events.append(line);
        return true;
      });
      if (!isFirst) throw alreadyAnswered();
      const { trace } = request.context;
      for (const line of events) trace?.decided(line);
      if (issued) trace?.link('grant', issued.row.grantId);
      if (front.grantId !== null) trace?.link('grant', front.grantId);
      trace?.passed('issued', `${parameters.get('response_type')} for ${scope}`);
      const { admitOldClients } = app.settings.generalUsage;
      return answerTo(request, urls, {
        responseType: admitOldClients ? parameters.get('response_type') : undefined,
        code: code ?? undefined,
        ...front.parameters,
      });
    },
    async deny(request, signer, answers) {
      const denied = event('consent.denied', request, signer, 'the user denied the request');
      request.context.trace?.decided(denied);
      const isFirst = await store.write(async (tx) => {
        if (!(await consumeAll(tx, answers))) return false;
        await tx.events.append(denied);
        return true;
      });
      if (!isFirst) throw alreadyAnswered();
    },
  };
}

/** Parameters for the client, in the request's response mode. @see RFC 9207 section 2 */
export function answerTo(
  { app, redirectUri, parameters }: TrustedRequest,
  urls: Urls,
  answer: Record<string, string | undefined>,
): AuthorizeAnswer {
  const fields = { state: parameters.get('state'), ...answer, iss: urls.issuer(app) };
  switch (responseModeOf(parameters)) {
    case 'query':
      return { kind: 'redirect', location: withParameters(redirectUri, fields) };
    case 'fragment':
      return { kind: 'redirect', location: withFragment(redirectUri, fields) };
    case 'form_post':
      return { kind: 'form', action: redirectUri, fields: present(fields) };
  }
}

async function consumeAll(tx: Writer, keyHashes: readonly string[]): Promise<boolean> {
  for (const keyHash of keyHashes) if (!(await tx.parked.consume(keyHash))) return false;
  return true;
}

/** What is asked for one by one, with the authentication profile that this sign-in has met by now. */
function claimsOf({ context: { tenant }, parameters }: TrustedRequest): ClaimsRequest {
  const acr = profileNamed(tenant, parameters.get('acr_values'))?.name;
  return { ...readClaimsRequest(parameters.get('claims')), ...(acr !== undefined && { acr }) };
}
