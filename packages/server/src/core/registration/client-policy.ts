/**
 * Whether an app takes a client that describes itself so: the fields together, and against what the app allows.
 * @see RFC 7591 section 2.1, OpenID Connect Dynamic Client Registration 1.0 sections 2 and 5
 */
import { z } from 'zod';
import { isLoopbackHost } from '../../kit/loopback.js';
import type { RunningApp } from '../app-runtime.js';
import { OAuthError } from '../errors.js';
import { responseTypesOf } from '../oauth/response-type.js';
import { type Outbound, OutboundError } from '../outbound.js';
import { ClientMetadata } from './client-metadata.js';

/** Bytes of a sector document that are read. */
const SECTOR_LIMIT = 64 * 1024;

export interface PolicyDeps {
  outbound: Outbound;
  /** Grant types that the app allows now, and a client could have without a user of its own in the directory. */
  grantTypesOf(app: RunningApp): readonly string[];
}

/** The metadata as this server keeps it. Throws `invalid_redirect_uri` or `invalid_client_metadata`. */
export async function acceptedMetadata(
  deps: PolicyDeps,
  app: RunningApp,
  described: unknown,
): Promise<ClientMetadata> {
  const metadata = parsed(described);
  checkRedirects(metadata);
  checkKeys(metadata);
  checkSigningAlgorithm(metadata);
  checkLogout(metadata);
  checkScope(app, metadata);
  const grantTypes = grantTypesFor(deps.grantTypesOf(app), app, metadata);
  await checkSector(deps.outbound, metadata);
  const { idTokenAlg } = app.settings.tokens;
  if ((metadata.id_token_signed_response_alg ?? idTokenAlg) !== idTokenAlg)
    throw badMetadata(`id_token_signed_response_alg: the app signs ID tokens by ${idTokenAlg}`);
  return { ...metadata, grant_types: grantTypes, id_token_signed_response_alg: idTokenAlg };
}

function parsed(described: unknown): ClientMetadata {
  const given = z.record(z.string(), z.unknown()).safeParse(described);
  if (!given.success) throw badMetadata('the client metadata must be one JSON object');
  // Null stands for a field that is left out. RFC 7591 section 2
  const present = Object.entries(given.data).filter(([, value]) => value !== null);
  const read = ClientMetadata.safeParse(Object.fromEntries(present));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path.map(String) ?? [];
  const message = `${path.join('.')}: ${issue?.message ?? 'not valid'}`;
  throw path[0] === 'redirect_uris' ? badRedirect(message) : badMetadata(message);
}

/** @see OpenID Connect Dynamic Client Registration 1.0 section 2, RFC 8252 sections 7 and 8.4 */
function checkRedirects({ redirect_uris, application_type, response_types }: ClientMetadata): void {
  const isImplicit = response_types.some((type) => type !== 'code');
  for (const text of redirect_uris) {
    const { protocol, hostname } = new URL(text);
    if (protocol === 'http:' && !isLoopbackHost(hostname))
      throw badRedirect('redirect_uris: plain http is for loopback addresses only');
    if (application_type === 'native') continue;
    if (protocol !== 'https:' && protocol !== 'http:')
      throw badRedirect('redirect_uris: a private-use scheme is for the application_type native');
    if (protocol === 'http:' && isImplicit)
      throw badRedirect('redirect_uris: a web client with tokens by redirect needs https');
  }
}

function checkKeys(metadata: ClientMetadata): void {
  if (metadata.jwks && metadata.jwks_uri) throw badMetadata('jwks and jwks_uri exclude each other');
  const needsKeys = metadata.token_endpoint_auth_method === 'private_key_jwt';
  if (needsKeys && !metadata.jwks && !metadata.jwks_uri)
    throw badMetadata('private_key_jwt needs jwks or jwks_uri');
}

/** A public key is never taken for a secret, nor a secret for a key. */
function checkSigningAlgorithm({
  token_endpoint_auth_method: method,
  token_endpoint_auth_signing_alg: algorithm,
}: ClientMetadata): void {
  if (algorithm === undefined) return;
  if (algorithm === 'HS256' && method !== 'client_secret_jwt')
    throw badMetadata('token_endpoint_auth_signing_alg: HS256 is for client_secret_jwt');
  if (algorithm !== 'HS256' && method === 'client_secret_jwt')
    throw badMetadata('token_endpoint_auth_signing_alg: client_secret_jwt is signed with HS256');
}

/** @see Front-Channel Logout 1.0 section 2 */
function checkLogout({ frontchannel_logout_uri: uri, redirect_uris }: ClientMetadata): void {
  if (uri === undefined) return;
  const { origin } = new URL(uri);
  if (!redirect_uris.some((redirect) => new URL(redirect).origin === origin))
    throw badMetadata('frontchannel_logout_uri: must have the origin of a redirect URI');
}

function checkScope(app: RunningApp, { scope = '' }: ClientMetadata): void {
  const unknown = scope.split(' ').find((name) => name !== '' && !app.knowsScope(name));
  if (unknown !== undefined) throw badMetadata(`scope: the app does not know ${unknown.slice(0, 64)}`);
}

/** What the response types need is added; what the app does not allow is refused, but for refresh tokens. */
function grantTypesFor(allowed: readonly string[], app: RunningApp, metadata: ClientMetadata): string[] {
  const served = responseTypesOf(app);
  const unserved = metadata.response_types.find((type) => !served.includes(type));
  if (unserved !== undefined) throw badMetadata(`response_types: the app does not allow "${unserved}"`);
  const words = new Set(metadata.response_types.flatMap((type) => type.split(' ')));
  const needed = [
    ...(words.has('code') ? ['authorization_code'] : []),
    ...(words.has('token') || words.has('id_token') ? ['implicit'] : []),
  ];
  const wanted = new Set([...needed, ...metadata.grant_types]);
  if (!allowed.includes('refresh_token')) wanted.delete('refresh_token');
  for (const type of wanted)
    if (!allowed.includes(type))
      throw badMetadata(`grant_types: the app does not allow ${type.slice(0, 64)} to a registered client`);
  return [...wanted];
}

/** @see OpenID Connect Dynamic Client Registration 1.0 section 5, OpenID Connect Core 1.0 section 8.1 */
async function checkSector(outbound: Outbound, metadata: ClientMetadata): Promise<void> {
  const { subject_type, sector_identifier_uri: url, redirect_uris } = metadata;
  if (url === undefined) {
    if (subject_type === 'pairwise' && new Set(redirect_uris.map((uri) => new URL(uri).host)).size > 1)
      throw badMetadata('redirect URIs of several hosts need a sector_identifier_uri');
    return;
  }
  const listed = await sectorDocument(outbound, url);
  if (!redirect_uris.every((uri) => listed.includes(uri)))
    throw badMetadata('the sector_identifier_uri does not list every redirect URI');
}

async function sectorDocument(outbound: Outbound, url: string): Promise<string[]> {
  try {
    const { status, body } = await outbound({ url, accept: 'application/json', maxBytes: SECTOR_LIMIT });
    const listed = status === 200 ? z.array(z.string()).safeParse(jsonOf(body)) : null;
    if (listed?.success) return listed.data;
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
  }
  throw badMetadata('the sector_identifier_uri cannot be read as a JSON list of redirect URIs');
}

/** The JSON value of a text; null for none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The host that decides about a pairwise subject. */
export function sectorOf({ sector_identifier_uri, redirect_uris }: ClientMetadata): string {
  return new URL(sector_identifier_uri ?? redirect_uris[0] ?? 'none:').host;
}

function badRedirect(message: string): OAuthError {
  return new OAuthError('invalid_redirect_uri', message);
}

function badMetadata(message: string): OAuthError {
  return new OAuthError('invalid_client_metadata', message);
}
