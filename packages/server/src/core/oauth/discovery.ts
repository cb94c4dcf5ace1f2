/**
 * What this server says of itself, generated from the lists it runs on, so that it says nothing it does not serve.
 * Documents are kept as ready strings and made anew when what they tell of changes.
 * @see RFC 8414 section 2, OpenID Connect Discovery 1.0 section 3, RFC 9728 section 2
 */
import { BUILT_IN_SCOPES } from '@sallyport/contract';
import type { JSONWebKeySet } from 'jose';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { TokenGrant } from '../grants/grant.js';
import type { App, Tenant } from '../model.js';
import type { Reader } from '../ports.js';
import { ANSWER_ALGORITHMS } from '../registration/client-metadata.js';
import type { RequestContext } from '../request-context.js';
import { ID_TOKEN_CLAIMS } from '../tokens/id-token.js';
import type { Keys } from '../tokens/keys.js';
import { SUBJECT_TYPES } from '../tokens/subjects.js';
import { USER_CLAIMS } from '../tokens/user-claims.js';
import type { Urls } from '../urls.js';
import { servedApp } from './app.js';
import { CODE_CHALLENGE_METHODS, PROMPTS } from './authorization-request.js';
import { CLIENT_SIGNING_ALGORITHMS, SECRET_SIGNING_ALGORITHMS } from './client-assertion.js';
import { DPOP_ALGORITHMS } from './dpop.js';
import { RESPONSE_MODES, responseTypesOf } from './response-type.js';

/** JSON texts. */
export interface Discovery {
  /** Metadata of the app's authorization server; throws an `OAuthError` with status 404 for an unknown app. */
  metadata(context: RequestContext, applicationId: string): Promise<string>;
  /** The tenant's key set. */
  keys(context: RequestContext, applicationId: string): Promise<string>;
  /** Metadata of the server's own API as a protected resource. */
  resource(context: RequestContext): Promise<string>;
  /** The same of the API that the app's tokens are for. */
  resourceOf(context: RequestContext, applicationId: string): Promise<string>;
}

interface DiscoveryDeps {
  read: Pick<Reader, 'apps'>;
  directory: Directory;
  grants: readonly TokenGrant[];
  keys: Keys;
  urls: Urls;
}

/** Apps read at once. */
const PAGE = 200;

export function createDiscovery({ read, directory, grants, keys, urls }: DiscoveryDeps): Discovery {
  const ofApp = new WeakMap<RunningApp, { tenant: Tenant; text: string }>();
  const ofKeys = new WeakMap<JSONWebKeySet, string>();
  const ofResource = new Map<string, { sequence: number; text: string }>();

  async function issuers(tenantId: string): Promise<string[]> {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await read.apps.page(tenantId, { after, limit: PAGE });
      found.push(...page.items.filter(isForOwnApi).map((app) => urls.issuer(app)));
      after = page.next;
    } while (after !== undefined);
    return found;
  }

  return {
    async metadata(context, applicationId) {
      const app = await directory.app(context.tenant.id, applicationId);
      if (!app?.enabled)
        throw new OAuthError('invalid_request', 'unknown app', 'unknown or disabled app', 404);
      const { tenant } = context;
      const known = ofApp.get(app);
      if (known?.tenant === tenant) return known.text;
      const text = JSON.stringify({ ...metadataOf(app, grants, urls), ...whatTheTenantHas(tenant) });
      ofApp.set(app, { tenant, text });
      return text;
    },
    async resourceOf(context, applicationId) {
      const app = await directory.app(context.tenant.id, applicationId);
      if (!app?.enabled)
        throw new OAuthError('invalid_request', 'unknown app', 'unknown or disabled app', 404);
      return JSON.stringify({
        resource: urls.audience(app),
        resource_name: app.name,
        authorization_servers: [urls.issuer(app)],
        scopes_supported: [...app.scopes.keys()],
        bearer_methods_supported: ['header'],
      });
    },
    async keys(context, applicationId) {
      await servedApp(directory, context, applicationId);
      const set = await keys.jwks(context.tenant.id);
      const text = ofKeys.get(set) ?? JSON.stringify(set);
      ofKeys.set(set, text);
      return text;
    },
    async resource({ tenant }) {
      const sequence = directory.sequence();
      const known = ofResource.get(tenant.id);
      if (known?.sequence === sequence) return known.text;
      const text = JSON.stringify({
        resource: urls.resource,
        authorization_servers: await issuers(tenant.id),
        bearer_methods_supported: ['header'],
        dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
      });
      ofResource.set(tenant.id, { sequence, text });
      return text;
    },
  };
}

/** @see RFC 9728 section 2 */
function isForOwnApi({ enabled, template }: App): boolean {
  return enabled && template === 'OAuth2Client';
}

/** Languages of the pages that people see. */
const UI_LOCALES = ['en', 'de'];

function whatTheTenantHas({ authentication: { profiles } }: Tenant): object {
  return {
    ui_locales_supported: UI_LOCALES,
    ...(profiles.length > 0 && {
      acr_values_supported: profiles.map(({ name }) => name).filter((name) => !name.includes(' ')),
    }),
  };
}

function metadataOf(app: RunningApp, grants: readonly TokenGrant[], urls: Urls): object {
  const { registration, clientMetadataDocuments } = app.settings.generalUsage;
  // Only a client that registers itself has a secret that the server can make again.
  const isTaken = registration !== 'off';
  const proved = [
    ...['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    ...(isTaken ? ['client_secret_jwt'] : []),
  ];
  const algorithms = [...CLIENT_SIGNING_ALGORITHMS, ...(isTaken ? SECRET_SIGNING_ALGORITHMS : [])];
  const isClosed = registration === 'off' && !clientMetadataDocuments;
  const isConfidential = app.settings.generalUsage.clientIdType === 'confidential' && isClosed;
  const anyClient = isConfidential ? proved : [...proved, 'none'];
  const grantTypes = grants.filter((grant) => grant.isAllowed(app)).map((grant) => grant.grantType);
  return {
    issuer: urls.issuer(app),
    authorization_endpoint: urls.oauth('authorize', app),
    token_endpoint: urls.oauth('token', app),
    jwks_uri: urls.oauth('keys', app),
    userinfo_endpoint: urls.oauth('userinfo', app),
    ...(isTaken && { registration_endpoint: urls.oauth('register', app) }),
    client_id_metadata_document_supported: clientMetadataDocuments,
    introspection_endpoint: urls.oauth('introspect', app),
    revocation_endpoint: urls.oauth('revoke', app),
    end_session_endpoint: urls.oauth('endsession', app),
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    ...(app.authMethods.has('deviceCode') && {
      device_authorization_endpoint: urls.oauth('device', app),
    }),
    pushed_authorization_request_endpoint: urls.oauth('par', app),
    require_pushed_authorization_requests: app.settings.generalUsage.requirePar,
    scopes_supported: [...app.scopes.keys(), ...BUILT_IN_SCOPES],
    response_types_supported: responseTypesOf(app),
    response_modes_supported: RESPONSE_MODES,
    grant_types_supported: app.authMethods.has('implicit') ? [...grantTypes, 'implicit'] : grantTypes,
    token_endpoint_auth_methods_supported: anyClient,
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    introspection_endpoint_auth_methods_supported: proved,
    revocation_endpoint_auth_methods_supported: anyClient,
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
    code_challenge_methods_supported: CODE_CHALLENGE_METHODS,
    subject_types_supported: SUBJECT_TYPES,
    id_token_signing_alg_values_supported: [app.settings.tokens.idTokenAlg],
    userinfo_signing_alg_values_supported: ANSWER_ALGORITHMS,
    introspection_signing_alg_values_supported: ANSWER_ALGORITHMS,
    prompt_values_supported: PROMPTS,
    claims_supported: [...ID_TOKEN_CLAIMS, ...USER_CLAIMS],
    claims_parameter_supported: true,
    request_parameter_supported: true,
    request_object_signing_alg_values_supported: CLIENT_SIGNING_ALGORITHMS,
    request_uri_parameter_supported: isTaken,
    require_request_uri_registration: true,
    authorization_response_iss_parameter_supported: true,
  };
}
