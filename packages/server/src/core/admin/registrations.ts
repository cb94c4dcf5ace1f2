/** Clients that registered themselves, and who may register, as administrators decide it. */
import {
  lifetimeSeconds,
  type NewRegistrationToken,
  type Page,
  type RegisteredClient,
  type RegistrationToken,
  type RegistrationTokenInput,
} from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import { newId, randomToken } from '../../kit/random.js';
import { AdminError } from '../errors.js';
import type * as model from '../model.js';
import type { PageRequest, Store } from '../ports.js';
import { getApp } from './apps.js';
import { type Administrator, administer, authorize } from './authority.js';
import type { ChangeLog } from './change-log.js';

type Tenant = Pick<model.Tenant, 'id'>;

/** Every function throws `AdminError`. */
export interface RegistrationAdmin {
  clients(tenant: Tenant, by: Administrator, app: string, page: PageRequest): Promise<Page<RegisteredClient>>;
  /** Its tokens end with it. */
  removeClient(tenant: Tenant, by: Administrator, app: string, clientId: string): Promise<void>;
  tokens(tenant: Tenant, by: Administrator, app: string): Promise<RegistrationToken[]>;
  createToken(
    tenant: Tenant,
    by: Administrator,
    app: string,
    input: RegistrationTokenInput,
  ): Promise<NewRegistrationToken>;
  /** Clients that came with it stay. */
  removeToken(tenant: Tenant, by: Administrator, app: string, id: string): Promise<void>;
}

export function createRegistrationAdmin(deps: {
  store: Pick<Store, 'read'>;
  changeLog: ChangeLog;
  clock: Clock;
}): RegistrationAdmin {
  const { store, changeLog, clock } = deps;

  return {
    async clients(tenant, by, applicationId, page) {
      authorize(by, 'read apps');
      const app = await getApp(store.read, tenant.id, applicationId);
      const { items, ...rest } = await store.read.clients.page(tenant.id, app.id, page);
      return { items: items.map(clientView), ...rest };
    },
    removeClient: (tenant, by, applicationId, clientId) =>
      administer(changeLog, tenant.id, by, ['write apps'], async (recorder) => {
        const app = await getApp(recorder.tx, tenant.id, applicationId);
        const client = await recorder.tx.clients.find(tenant.id, clientId);
        if (client?.appId !== app.id) throw AdminError.notFound('the client');
        await recorder.deleteClient(app, client);
      }),
    async tokens(tenant, by, applicationId) {
      authorize(by, 'read apps');
      const app = await getApp(store.read, tenant.id, applicationId);
      const now = clock.now();
      const tokens = await store.read.registrationTokens.ofApp(tenant.id, app.id);
      return tokens.filter((token) => token.expiresAt > now).map(tokenView);
    },
    createToken: (tenant, by, applicationId, { name, lifetime }) =>
      administer(changeLog, tenant.id, by, ['write apps'], async (recorder) => {
        const app = await getApp(recorder.tx, tenant.id, applicationId);
        const token = randomToken();
        const made: model.RegistrationToken = {
          ...{ tenantId: tenant.id, id: newId(), appId: app.id, name, tokenHash: sha256(token) },
          createdAt: recorder.now,
          expiresAt: recorder.now + lifetimeSeconds(lifetime) * 1000,
        };
        await recorder.createRegistrationToken(app, made);
        return { ...tokenView(made), token };
      }),
    removeToken: (tenant, by, applicationId, id) =>
      administer(changeLog, tenant.id, by, ['write apps'], async (recorder) => {
        const app = await getApp(recorder.tx, tenant.id, applicationId);
        const tokens = await recorder.tx.registrationTokens.ofApp(tenant.id, app.id);
        const token = tokens.find((candidate) => candidate.id === id);
        if (!token) throw AdminError.notFound('the initial access token');
        await recorder.deleteRegistrationToken(app, token);
      }),
  };
}

function clientView({ id, name, metadata, registeredBy, createdAt }: model.RegisteredClient) {
  const [, initialAccessToken = null] = /^token: (.*)$/.exec(registeredBy) ?? [];
  return {
    ...{ clientId: id, name, initialAccessToken },
    redirectUris: metadata.redirect_uris,
    grantTypes: metadata.grant_types,
    authMethod: metadata.token_endpoint_auth_method,
    createdAt: new Date(createdAt).toISOString(),
  };
}

function tokenView({ id, name, createdAt, expiresAt }: model.RegistrationToken): RegistrationToken {
  return {
    id,
    name,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
