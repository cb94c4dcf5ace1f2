/**
 * OAuth 2.0 and OpenID Connect, one function per endpoint: authorize and confirm, token, introspect, revoke,
 * userinfo, discovery. Owns the protocol's checks and their order; leaves the grants to `grants/`, the tokens to
 * `tokens/`, sign-in to `login/`, and HTTP to the edge.
 * @see RFC 6749, RFC 9700, OpenID Connect Core 1.0
 */
import type { AuditType, OAuthErrorCode, TokenResponse } from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import type { Vault } from '../../kit/vault.js';
import type { ChangeLog } from '../admin/change-log.js';
import type { RunningApp } from '../app-runtime.js';
import type { Audit } from '../audit.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import { createGrants, registrableGrants } from '../grants/index.js';
import { createGeneratedSecrets } from '../login/client-secrets.js';
import type { Credentials } from '../login/credentials.js';
import type { Policy } from '../login/policy.js';
import type { LogoutNotices } from '../logout/logout-notices.js';
import type { Outbound } from '../outbound.js';
import type { Store } from '../ports.js';
import { createClientDocuments } from '../registration/client-documents.js';
import { createClientKeys } from '../registration/client-keys.js';
import { type ClientRegistry, createClientRegistry } from '../registration/client-registry.js';
import { createRegistrations, type Registrations } from '../registration/registrations.js';
import type { RequestContext } from '../request-context.js';
import { createTokenIssuer, createTokenMint } from '../tokens/issuer.js';
import type { Keys } from '../tokens/keys.js';
import type { Subjects } from '../tokens/subjects.js';
import type { TokenVerifier } from '../tokens/verify.js';
import type { Urls } from '../urls.js';
import { type AuthorizeEndpoint, createAuthorizeEndpoint } from './authorize.js';
import { claimedBy, type RefusedRequest } from './claimed.js';
import { createClientAuth } from './client-auth.js';
import { createDeviceFlow, type DeviceFlow } from './device.js';
import { createDiscovery, type Discovery } from './discovery.js';
import type { Dpop } from './dpop.js';
import { createEndSession, type EndSession, type EndSessionCall } from './end-session.js';
import { createIntrospection, type IntrospectionAnswer, type IntrospectRequest } from './introspect.js';
import { createPushedRequests, type PushedResponse } from './pushed-requests.js';
import { createUnpackRequest } from './request-object.js';
import { createResources } from './resource.js';
import { createRevocation } from './revoke.js';
import { type ClientRequest, createTokenEndpoint } from './token.js';
import { createUserinfo, type Userinfo, type UserinfoRequest } from './userinfo.js';

export interface OAuth extends AuthorizeEndpoint {
  token(context: RequestContext, request: ClientRequest): Promise<TokenResponse>;
  introspect(context: RequestContext, request: IntrospectRequest): Promise<IntrospectionAnswer>;
  revoke(context: RequestContext, request: ClientRequest): Promise<void>;
  push(context: RequestContext, request: ClientRequest): Promise<PushedResponse>;
  device: DeviceFlow;
  userinfo(context: RequestContext, request: UserinfoRequest): Promise<Userinfo>;
  endSession(context: RequestContext, call: EndSessionCall): Promise<EndSession>;
  registrations: Registrations;
  /** Clients that no user of the directory stands behind. */
  clients: ClientRegistry;
  discovery: Discovery;
}

export interface OAuthDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  directory: Directory;
  urls: Urls;
  keys: Keys;
  tokens: TokenVerifier;
  credentials: Credentials;
  policy: Policy;
  dpop: Dpop;
  logout: LogoutNotices;
  subjects: Subjects;
  changeLog: ChangeLog;
  vault: Vault;
  outbound: Outbound;
}

/** A device that asks too early is no denial, and asks every few seconds. @see RFC 8628 section 3.5 */
const WAITING = new Set<OAuthErrorCode>(['authorization_pending', 'slow_down']);

export function createOAuth(deps: OAuthDeps): OAuth {
  const { audit } = deps;
  const read = deps.store.read;
  const resources = createResources(deps);
  const grants = createGrants({ ...deps, resources });
  const accepting = { ...deps, grantTypesOf: (app: RunningApp) => registrableGrants(grants, app) };
  const documents = createClientDocuments(accepting);
  const registry = createClientRegistry({ ...deps, documents });
  const clientKeys = createClientKeys(deps);
  const secrets = createGeneratedSecrets(deps.vault);
  const clientAuth = createClientAuth({ ...deps, registry, clientKeys, secrets });
  const mint = createTokenMint(deps);
  const issuer = createTokenIssuer({ ...deps, mint });
  const unpack = createUnpackRequest({ ...deps, clientAuth, clientKeys });
  const pushed = createPushedRequests({ ...deps, clientAuth, resources, unpack });
  const forAuthorize = { clientAuth, resources, mint, pushed, unpack };
  const { authorize, confirm } = createAuthorizeEndpoint({ ...deps, ...forAuthorize });

  const device = createDeviceFlow({ ...deps, clientAuth, resources });

  /** Leaves a line in the audit log for whatever the endpoint refuses. Rule 13. */
  function audited<Request extends RefusedRequest, Answer>(
    type: AuditType,
    endpoint: (context: RequestContext, request: Request) => Promise<Answer>,
  ) {
    return async (context: RequestContext, request: Request): Promise<Answer> => {
      try {
        return await endpoint(context, request);
      } catch (error) {
        if (error instanceof OAuthError && WAITING.has(error.error))
          context.trace?.needs('consent', `${error.error}: ${error.detail}`);
        else if (error instanceof OAuthError) {
          const detail = `${request.applicationId.slice(0, 64)}: ${error.error}: ${error.detail}`;
          const app = await deps.directory.app(context.tenant.id, request.applicationId).catch(() => null);
          // The refusal stands whether or not it can be written down.
          const facts = { ...claimedBy(request), appId: app?.id ?? null, detail };
          await audit.append(context, type, facts).catch(() => undefined);
        }
        throw error;
      }
    };
  }

  return {
    authorize: audited('authorize.denied', authorize),
    confirm: audited('authorize.denied', confirm),
    token: audited('token.denied', createTokenEndpoint({ ...deps, clientAuth, grants, issuer })),
    introspect: audited('token.denied', createIntrospection({ ...deps, read, clientAuth })),
    revoke: audited('token.denied', createRevocation({ ...deps, clientAuth })),
    push: audited('authorize.denied', pushed.push),
    device: { ...device, start: audited('authorize.denied', device.start) },
    userinfo: createUserinfo({ ...deps, read, registry }),
    endSession: createEndSession({ ...deps, registry }),
    registrations: createRegistrations({ ...accepting, secrets }),
    clients: registry,
    discovery: createDiscovery({ ...deps, read, grants }),
  };
}
