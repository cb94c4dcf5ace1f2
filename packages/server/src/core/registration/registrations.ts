/**
 * Clients that register themselves with an app, and that read, change and delete what they registered. Each is a
 * client of that app alone, with redirect URIs, grant types and keys of its own; its secret and its registration
 * token are kept as digests.
 * @see RFC 7591, RFC 7592, OpenID Connect Dynamic Client Registration 1.0
 */
import { type Clock, seconds } from '../../kit/clock.js';
import { sameSecret, sha256 } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { ChangeLog } from '../admin/change-log.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { GeneratedSecrets } from '../login/client-secrets.js';
import type { RegisteredClient } from '../model.js';
import { servedApp } from '../oauth/app.js';
import type { Store } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import type { Urls } from '../urls.js';
import { newClientId } from './client-id.js';
import { acceptedMetadata, type PolicyDeps } from './client-policy.js';

/** Clients an app without initial access tokens takes, so that nobody fills the database. */
const MOST_OPEN = 10_000;

export interface RegistrationRequest {
  readonly applicationId: string;
  /** The bearer token, if one came. */
  readonly token: string | null;
}

export interface Registrations {
  register(context: RequestContext, request: RegistrationRequest, described: unknown): Promise<object>;
  read(context: RequestContext, request: ManagementRequest): Promise<object>;
  replace(context: RequestContext, request: ManagementRequest, described: unknown): Promise<object>;
  remove(context: RequestContext, request: ManagementRequest): Promise<void>;
}

export interface ManagementRequest extends RegistrationRequest {
  readonly clientId: string;
}

interface RegistrationDeps extends PolicyDeps {
  store: Store;
  clock: Clock;
  directory: Directory;
  changeLog: ChangeLog;
  secrets: GeneratedSecrets;
  urls: Urls;
}

/** What is told once. */
interface Told {
  readonly secret: string | null;
  readonly token: string;
}

export function createRegistrations(deps: RegistrationDeps): Registrations {
  const { store, clock, directory, changeLog, secrets, urls } = deps;

  /** By what the client comes: `token: ` and the name of the initial access token, or `open`. Throws for whoever may not register. */
  async function admitted(app: RunningApp, token: string | null): Promise<string> {
    const { registration } = app.settings.generalUsage;
    if (registration === 'off')
      throw new OAuthError('access_denied', 'the app takes no registration of clients', undefined, 403);
    if (token !== null) {
      const known = await store.read.registrationTokens.findByHash(sha256(token));
      if (known?.appId === app.id && known.expiresAt > clock.now()) return `token: ${known.name}`;
      throw new OAuthError('invalid_token', 'the initial access token is not good');
    }
    if (registration !== 'open') throw new OAuthError('invalid_token', 'an initial access token is needed');
    if ((await store.read.clients.count(app.tenantId, app.id)) >= MOST_OPEN)
      throw new OAuthError('temporarily_unavailable', 'the app takes no more clients');
    return 'open';
  }

  /** The client, whose own registration token the request bears. Unknown and wrong are answered alike. */
  async function managed(context: RequestContext, request: ManagementRequest) {
    await directory.catchUp();
    const app = await servedApp(directory, context, request.applicationId);
    const client = await store.read.clients.find(context.tenant.id, request.clientId);
    const { token } = request;
    if (!client || client.appId !== app.id || token === null || !sameSecret(sha256(token), client.tokenHash))
      throw new OAuthError('invalid_token', 'the registration access token is not good');
    return { app, client, token };
  }

  function secretFor(
    { tenantId, id }: Pick<RegisteredClient, 'tenantId' | 'id'>,
    method: string,
  ): { secret: string | null; stored: string | null } {
    if (method === 'client_secret_jwt') return secrets.forSigning(tenantId, id);
    return method.startsWith('client_secret_') ? secrets.generate() : { secret: null, stored: null };
  }

  /** @see RFC 7591 section 3.2.1 */
  function answer(app: RunningApp, client: RegisteredClient, { secret, token }: Told): object {
    return {
      ...client.metadata,
      client_id: client.id,
      client_id_issued_at: seconds(client.createdAt),
      ...(client.secretDigest === null ? {} : { client_secret_expires_at: 0 }),
      ...(secret === null ? {} : { client_secret: secret }),
      registration_access_token: token,
      registration_client_uri: `${urls.oauth('register', app)}/${client.id}`,
    };
  }

  const by = ({ source }: RequestContext, name: string) => ({ userId: null, name, source });

  return {
    async register(context, { applicationId, token: initial }, described) {
      await directory.catchUp();
      const app = await servedApp(directory, context, applicationId);
      const registeredBy = await admitted(app, initial);
      const metadata = await acceptedMetadata(deps, app, described);
      const token = randomToken();
      const named = { tenantId: context.tenant.id, id: newClientId() };
      const { secret, stored } = secretFor(named, metadata.token_endpoint_auth_method);
      const now = clock.now();
      const client: RegisteredClient = {
        ...named,
        appId: app.id,
        name: metadata.client_name ?? '',
        metadata,
        secretDigest: stored,
        tokenHash: sha256(token),
        registeredBy,
        createdAt: now,
        updatedAt: now,
        version: 1,
      };
      const actor = by(context, `registration:${registeredBy}`);
      await changeLog.record(client.tenantId, actor, (recorder) => recorder.createClient(app, client));
      return answer(app, client, { secret, token });
    },

    async read(context, request) {
      const { app, client, token } = await managed(context, request);
      return answer(app, client, { secret: null, token });
    },

    async replace(context, request, described) {
      const { app, client, token } = await managed(context, request);
      checkUpdate(client, described, (secret) => secrets.matches(client.secretDigest ?? '', secret));
      const metadata = await acceptedMetadata(deps, app, described);
      const method = metadata.token_endpoint_auth_method;
      const needsSecret = method.startsWith('client_secret_');
      // A secret that was drawn cannot be made again, and so signs nothing.
      const signsAnew =
        method === 'client_secret_jwt' && client.metadata.token_endpoint_auth_method !== method;
      const isKept = needsSecret && !signsAnew && client.secretDigest !== null;
      const { secret, stored } = isKept
        ? { secret: null, stored: client.secretDigest }
        : secretFor(client, method);
      const after: RegisteredClient = {
        ...client,
        ...{ metadata, secretDigest: stored, name: metadata.client_name ?? '' },
        ...{ updatedAt: clock.now(), version: client.version + 1 },
      };
      await changeLog.record(client.tenantId, by(context, `client:${client.id}`), (recorder) =>
        recorder.updateClient(app, client, after),
      );
      return answer(app, after, { secret, token });
    },

    async remove(context, request) {
      const { app, client } = await managed(context, request);
      await changeLog.record(client.tenantId, by(context, `client:${client.id}`), (recorder) =>
        recorder.deleteClient(app, client),
      );
    },
  };
}

/** A client may name its id and its secret, as they are, and nothing that the server decides. @see RFC 7592 section 2.2 */
function checkUpdate(
  client: RegisteredClient,
  described: unknown,
  isSecret: (secret: string) => boolean,
): void {
  const given: Readonly<Record<string, unknown>> =
    typeof described === 'object' && described !== null ? { ...described } : {};
  if (given.client_id !== client.id)
    throw new OAuthError('invalid_client_metadata', 'client_id must be the id of the client');
  const decided = ['registration_access_token', 'registration_client_uri', 'client_id_issued_at'];
  const misplaced = [...decided, 'client_secret_expires_at'].find((name) => name in given);
  if (misplaced) throw new OAuthError('invalid_client_metadata', `${misplaced} is not for the client to set`);
  const { client_secret: secret } = given;
  if (secret !== undefined && (typeof secret !== 'string' || !isSecret(secret)))
    throw new OAuthError('invalid_client_metadata', 'client_secret is not the secret of the client');
}
