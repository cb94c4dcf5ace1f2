/**
 * AXIS 1, the grant types. A grant says as data what it needs of client and app, reads its own parameters, and
 * answers who may have which scopes; the checks that all grants share, and the issuing of tokens, are the token
 * endpoint's. Grants do not import one another.
 */
import type { GrantType } from '@sallyport/contract';
import type { Subject } from '../access.js';
import type { RunningApp } from '../app-runtime.js';
import type { Client } from '../oauth/client-auth.js';
import type { Parameters } from '../oauth/parameters.js';
import type { Target } from '../oauth/resource.js';
import type { Writer } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import type { ActClaim } from '../tokens/act-claim.js';
import type { ClaimsRequest } from '../tokens/claims-request.js';

/** A token request whose app and client are known. */
export interface GrantRequest {
  readonly context: RequestContext;
  readonly app: RunningApp;
  readonly client: Client;
  readonly parameters: Parameters;
  /** Thumbprint of the key that the request proved; null without a proof. @see RFC 9449 section 5 */
  readonly jkt: string | null;
}

/** What was authorized: for whom, how far, since when. */
export interface Entitlement {
  readonly subject: Subject;
  /** Space-separated. */
  readonly scope: string;
  /** The API that the access token is for. */
  readonly target: Target;
  /** Epoch milliseconds. */
  readonly authTime: number;
  /** The family that the tokens will belong to; null for a client acting for itself. */
  readonly grantId: string | null;
  readonly sessionId: string | null;
  readonly nonce: string | null;
  /** What the sign-in proved, by the vendor's names; empty where nobody signed in. */
  readonly amr: readonly string[];
  /** Claims asked for one by one. */
  readonly claims: ClaimsRequest;
  /** Who acts in the user's name; the client alone when absent. */
  readonly act?: ActClaim | null;
  /** When the access token ends at the latest, in epoch milliseconds. */
  readonly notAfter?: number;
}

/** What a grant gives, once. */
export interface Authorization extends Entitlement {
  /** @see RFC 8693 section 2.2.1 */
  readonly issuedTokenType?: string;
  /** Spends what the request presented, in the transaction that stores the tokens. May run twice. */
  settle(tx: Writer): Promise<Settlement>;
}

/** What came of spending: tokens may be issued, or what was presented had been spent before. */
export type Settlement =
  | { readonly outcome: 'spent'; readonly refreshToken: string | null }
  | { readonly outcome: 'reused' };

export interface TokenGrant {
  readonly grantType: GrantType;
  /** Only a confidential client may use it, whatever the app's Client ID Type. */
  readonly confidentialOnly: boolean;
  /** It spends nothing: what it gave holds for the same request again, while nothing else changes. */
  readonly repeatable?: true;
  /** The error of a user who may not use the app. Rule 1. */
  readonly deniedAs: 'invalid_grant' | 'unauthorized_client';
  /** Whether the app's Tokens page allows it. */
  isAllowed(app: RunningApp): boolean;
  /** Throws `OAuthError`; spends nothing. */
  authorize(request: GrantRequest): Promise<Authorization>;
}

/** Whether refresh tokens are given: where the app does, and a client that registered has asked for them. */
export function mayRefresh({ settings }: RunningApp, { registered }: Client): boolean {
  const isRegistered = registered?.metadata.grant_types.includes('refresh_token') ?? true;
  return settings.tokens.issueRefreshTokens && isRegistered;
}
