/** Authorization requests inside a JWT that the client signed. @see RFC 9101, OpenID Connect Core 1.0 section 6.1 */
import type { PublicJwk } from '@sallyport/contract';
import { decodeProtectedHeader } from 'jose';
import type { Clock } from '../../kit/clock.js';
import type { RunningApp } from '../app-runtime.js';
import { OAuthError } from '../errors.js';
import { type Outbound, OutboundError } from '../outbound.js';
import type { ClientKeys } from '../registration/client-keys.js';
import type { RequestContext } from '../request-context.js';
import type { Urls } from '../urls.js';
import { signedBy } from './client-assertion.js';
import type { Client, ClientAuth } from './client-auth.js';
import { type Parameters, readParameters, required } from './parameters.js';

/**
 * The parameters inside the request object, which alone count; as they were, where there is none, or none that this
 * server reads: those are refused later, by redirect. Throws `invalid_request_object`.
 */
export type UnpackRequest = (
  context: RequestContext,
  app: RunningApp,
  parameters: Parameters,
) => Promise<Parameters>;

/** Claims of the JWT itself, which are no parameters. */
const REGISTERED = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'sub']);

/** Bytes of a request object that are fetched. */
const FETCHED_LIMIT = 32 * 1024;

export function createUnpackRequest(deps: {
  clientAuth: ClientAuth;
  clientKeys: ClientKeys;
  outbound: Outbound;
  urls: Urls;
  clock: Clock;
}): UnpackRequest {
  const { clientAuth, clientKeys, outbound, urls, clock } = deps;

  async function keysOf({ user, registered }: Client): Promise<PublicJwk[]> {
    return registered ? clientKeys.of(registered.metadata, false) : (user?.user.jwks ?? []);
  }

  /** The object behind a `request_uri` that the client registered; null for any other. @see RFC 9101 section 5.2 */
  async function fetched({ registered }: Client, uri: string): Promise<string | null> {
    if (!registered?.metadata.request_uris?.includes(uri)) return null;
    try {
      const { status, body } = await outbound({ url: uri, maxBytes: FETCHED_LIMIT });
      if (status === 200) return body.trim();
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
    }
    throw new OAuthError('invalid_request_uri', 'the request object cannot be fetched from its request_uri');
  }

  return async (context, app, parameters) => {
    const [given, uri] = [parameters.get('request'), parameters.get('request_uri')];
    if (given === undefined && uri === undefined) return parameters;
    const clientId = required(parameters, 'client_id');
    const client = await clientAuth.find(context, app, clientId);
    const isByReference = given === undefined;
    const object = isByReference ? client && uri !== undefined && (await fetched(client, uri)) : given;
    if (!object || isUnsigned(object)) return parameters;
    const jwks = client ? await keysOf(client) : [];
    if (!client || jwks.length === 0) return parameters;
    const expected = {
      issuer: client.id,
      audience: [urls.issuer(app)],
      now: clock.now(),
      mayLast: isByReference,
    };
    const claims = await signedBy({ jwks }, object, expected);
    if (!claims)
      throw badObject('the request object is expired, not for this app, or not signed by the client');
    if (claims.client_id !== clientId || claims.sub === client.id)
      throw badObject('the request object is not one of this client');
    if ('request' in claims || 'request_uri' in claims)
      throw badObject('the request object refers to another one');
    const inside = Object.entries(claims).filter(([name]) => !REGISTERED.has(name));
    return readParameters(Object.fromEntries(inside.map(([name, value]) => [name, asText(name, value)])));
  };
}

function isUnsigned(object: string): boolean {
  try {
    return decodeProtectedHeader(object).alg === 'none';
  } catch {
    return false;
  }
}

/** A number or an object, such as `max_age` and `claims`, as it would stand in a query; several resources as a list. */
function asText(name: string, value: unknown): unknown {
  if (name === 'resource' && Array.isArray(value)) return value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function badObject(message: string): OAuthError {
  return new OAuthError('invalid_request_object', message);
}
