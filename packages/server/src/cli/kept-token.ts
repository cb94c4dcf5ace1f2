/** The token kept by an earlier command, renewed when it is due. */
import {
  discover,
  type HttpOptions,
  OAuthResponseError,
  refreshTokenGrant,
  type TokenResponse,
} from '@sallyport/client';
import { createTokenFile, type StoredToken, type TokenKey } from '@sallyport/client/node';
import { systemClock } from '../kit/clock.js';
import { CliFailure } from './failure.js';

/** Milliseconds before its end from which a token counts as due: a call may take a while. */
const MARGIN = 30_000;

/** What is kept of a token endpoint's answer. `before`: the token it takes the place of. */
export function storedToken(
  { endpoint, appId, scope }: TokenKey,
  clientId: string,
  token: TokenResponse,
  refreshToken: string | null,
): StoredToken {
  const savedAt = systemClock.now();
  return {
    endpoint,
    appId,
    scope,
    clientId,
    bearerToken: token.access_token,
    refreshToken: token.refresh_token ?? refreshToken,
    expiresAt: token.expires_in === undefined ? null : savedAt + token.expires_in * 1000,
    savedAt,
  };
}

/** A token that cannot be kept is still worth printing. */
export async function keepToken(token: StoredToken): Promise<void> {
  try {
    await createTokenFile().save(token);
  } catch (error) {
    console.error(`sallyport: the token is not kept: ${error instanceof Error ? error.message : error}`);
  }
}

export function isDue({ expiresAt }: StoredToken): boolean {
  return expiresAt !== null && expiresAt - MARGIN <= systemClock.now();
}

/**
 * The token as it is, or the one that its refresh token yields when it is due. Throws {@link CliFailure} when it has
 * expired and cannot be renewed here.
 */
export async function freshToken(kept: StoredToken, http: HttpOptions): Promise<StoredToken> {
  if (!isDue(kept)) return kept;
  const { endpoint, appId, clientId, refreshToken } = kept;
  if (appId === null || clientId === null || refreshToken === null) return stillGood(kept);
  try {
    const server = await discover(endpoint, appId, http);
    const token = await refreshTokenGrant(server, { clientId }, { refreshToken }, http);
    const renewed = storedToken(kept, clientId, token, refreshToken);
    await keepToken(renewed);
    return renewed;
  } catch (error) {
    if (!(error instanceof OAuthResponseError)) throw error;
    // Secrets are not kept, so that the owner of one has to give it again.
    const how = error.error === 'invalid_client' ? ' --clientsecret -' : '';
    if (how) throw new CliFailure(`${EXPIRED}: sallyport token refresh${how}`, { cause: error });
    throw new CliFailure(`${EXPIRED} and cannot be renewed (${error.message}): get another`, {
      cause: error,
    });
  }
}

const EXPIRED = 'the last token has expired';

/** In its last seconds a token that nobody can renew is good enough. */
function stillGood(kept: StoredToken): StoredToken {
  if ((kept.expiresAt ?? Number.POSITIVE_INFINITY) > systemClock.now()) return kept;
  throw new CliFailure(`${EXPIRED}: get another with sallyport token or sallyport login`);
}
