/**
 * Signing out at the wish of an app: whether the request is one that the app may make, and where the browser goes
 * afterwards. That the session ends is between the user and the sign-out page.
 * @see OpenID Connect RP-Initiated Logout 1.0 sections 2 and 3
 */
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { ClientRegistry } from '../registration/client-registry.js';
import type { RequestContext } from '../request-context.js';
import { readIdTokenHint } from '../tokens/id-token.js';
import type { Keys } from '../tokens/keys.js';
import type { Urls } from '../urls.js';
import { servedApp } from './app.js';
import { type Parameters, type RawParameters, readParameters } from './parameters.js';
import { withParameters } from './redirect-uri.js';

export interface EndSessionCall {
  readonly applicationId: string;
  readonly parameters: RawParameters;
}

/** A request that may be put to the user. */
export interface EndSession {
  /** The Application ID as stored. */
  readonly applicationId: string;
  /** Where to go when it is done; null to say so on a page. */
  readonly location: string | null;
  /** What must be sent again with the user's answer. */
  readonly parameters: Readonly<Record<string, string>>;
}

const CARRIED = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'] as const;

/** Throws {@link OAuthError} for a hint or a redirect that is not good: nothing then leaves the server. */
export function createEndSession(deps: {
  directory: Directory;
  keys: Keys;
  urls: Urls;
  registry: ClientRegistry;
}) {
  const { directory } = deps;

  return async (context: RequestContext, call: EndSessionCall): Promise<EndSession> => {
    const parameters = readParameters(call.parameters);
    await directory.catchUp();
    const app = await servedApp(directory, context, call.applicationId);
    const hint = parameters.get('id_token_hint');
    const told = hint === undefined ? null : await readIdTokenHint(deps, context.tenant, app, hint);
    if (hint !== undefined && !told)
      throw new OAuthError('invalid_request', 'the id_token_hint is no ID token of this app');
    const clientId = parameters.get('client_id');
    if (told && clientId !== undefined && clientId !== told.clientId)
      throw new OAuthError('invalid_request', 'the id_token_hint was issued to another client');
    const redirect = parameters.get('post_logout_redirect_uri');
    const listed = await redirectsOf(deps.registry, app, told?.clientId ?? clientId ?? null);
    if (redirect !== undefined && !listed.includes(redirect))
      throw new OAuthError('invalid_request', 'the post_logout_redirect_uri is not on the list of the app');
    if (redirect !== undefined && !told)
      throw new OAuthError('invalid_request', 'a post_logout_redirect_uri needs an id_token_hint');
    return {
      applicationId: app.applicationId,
      location: redirect === undefined ? null : withParameters(redirect, { state: parameters.get('state') }),
      parameters: carried(parameters),
    };
  };
}

/** Of the client itself, where it registered some; else of the app. */
async function redirectsOf(
  registry: ClientRegistry,
  app: RunningApp,
  clientId: string | null,
): Promise<readonly string[]> {
  if (clientId === null || !registry.governs(app, clientId))
    return app.settings.generalUsage.postLogoutRedirects;
  return (await registry.find(app, clientId))?.metadata.post_logout_redirect_uris ?? [];
}

function carried(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(
    CARRIED.flatMap((name) => {
      const value = parameters.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
