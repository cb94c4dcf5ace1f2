import type { RegisteredClient } from '../model.js';

/** What people are shown of a client that described itself. */
export interface ShownClient {
  readonly name: string;
  /** Whether an administrator let it register; otherwise anyone may have written all this. */
  readonly isVerified: boolean;
  /** The host that stands behind a client known by its document alone. */
  readonly host: string | null;
  readonly logo: string | null;
  readonly home: string | null;
  readonly policy: string | null;
  readonly terms: string | null;
}

/** @see OpenID Connect Dynamic Client Registration 1.0 section 2 */
export function shownClient({ id, registeredBy, metadata }: RegisteredClient): ShownClient {
  const isDocument = registeredBy === 'document';
  return {
    name: metadata.client_name ?? id,
    isVerified: isVouchedFor({ registeredBy }),
    host: isDocument ? new URL(id).host : null,
    logo: metadata.logo_uri ?? null,
    home: metadata.client_uri ?? null,
    policy: metadata.policy_uri ?? null,
    terms: metadata.tos_uri ?? null,
  };
}

/** Whether somebody with an initial access token of the app stands behind the client. */
export function isVouchedFor({ registeredBy }: Pick<RegisteredClient, 'registeredBy'>): boolean {
  return registeredBy.startsWith('token: ');
}
