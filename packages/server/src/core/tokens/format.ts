/**
 * AXIS 3, the formats of access tokens: how one is made, and how one is read back. A format knows nothing of
 * grants; whether a token that reads well is still good is decided in `verify.ts`, alike for all formats.
 */
import type { AppSettings } from '@sallyport/contract';
import type { Subject } from '../access.js';
import type { RunningApp } from '../app-runtime.js';
import type { Tenant } from '../model.js';
import type { Writer } from '../ports.js';
import type { ActClaim } from './act-claim.js';

export type TokenType = AppSettings['tokens']['type'];

/** What an access token says, whatever its format. Instants are epoch milliseconds. */
export interface AccessTokenFacts {
  readonly appId: string;
  readonly clientId: string;
  readonly userId: string;
  /** Space-separated. */
  readonly scope: string;
  /** The API it is for. */
  readonly audience: string;
  /** Thumbprint of the key it is bound to; null for a bearer token. */
  readonly jkt: string | null;
  /** Who acts with it in the user's name; null for the client alone. */
  readonly act: ActClaim | null;
  /** When the user last proved who they are; when the client did, for client credentials. */
  readonly authTime: number;
  /** Null for client credentials. */
  readonly grantId: string | null;
  /** The session it ends with; null where there is none. */
  readonly sessionId: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** What a format is given to make a token. */
export interface Minting {
  readonly facts: AccessTokenFacts;
  readonly tenant: Tenant;
  readonly app: RunningApp;
  readonly subject: Subject;
  /** The app of the API that the token is for. */
  readonly target: RunningApp;
}

export interface MintedToken {
  /** Itself, once it is signed. */
  readonly token: Promise<string>;
  /** As {@link ReadToken} will have it. */
  readonly id: string;
  /** Writes what must be found again, in the transaction that issues the token; absent when nothing must. */
  readonly store?: (tx: Writer) => Promise<void>;
}

/** A token that reads well: known to us and not expired. */
export interface ReadToken {
  readonly facts: AccessTokenFacts;
  /** `jti` of a JWT, hash of an opaque token: under this id it is revoked. */
  readonly id: string;
  /** Until when it reads well, in epoch milliseconds: its own end, or that of the key it is signed with. */
  readonly readsUntil: number;
}

export interface TokenFormat {
  readonly type: TokenType;
  mint(minting: Minting): MintedToken;
  /** Whether `token` could be one of this format; a look at the text alone. */
  recognises(token: string): boolean;
  /** Null for a token of somebody else's, altered, expired or revoked by its row. */
  read(tenant: Tenant, token: string): Promise<ReadToken | null>;
  /** Revokes one token that `read` returned. */
  revoke(tx: Writer, tenant: Tenant, token: ReadToken, now: number): Promise<void>;
}
