/** The ports of core, put together from one file per aggregate. */
import type { AdminWriter, Reader } from '../core/ports.js';
import type { Clock } from '../kit/clock.js';
import { accessTokenReader, accessTokenWriter } from './access-tokens.js';
import { appAdmin, appReader } from './apps.js';
import { attemptReader, attemptWriter } from './attempts.js';
import { changeAdmin, changeReader } from './changes.js';
import { clientAdmin, clientReader, registrationTokenReader } from './clients.js';
import { codeReader, codeWriter } from './codes.js';
import { consentReader, consentWriter } from './consents.js';
import { deviceRequestReader, deviceRequestWriter } from './device-requests.js';
import { deviceReader, deviceWriter } from './devices.js';
import type { Dialect, LockName } from './dialects/dialect.js';
import { eventReader, eventWriter } from './events.js';
import { factorAdmin, factorWriter } from './factors.js';
import { grantReader, grantWriter } from './grants.js';
import { keyAdmin, keyReader } from './keys.js';
import { loginReader, loginWriter } from './logins.js';
import { nodeReader, nodeWriter } from './nodes.js';
import { parkedReader, parkedWriter } from './parked.js';
import { rateWriter } from './rates.js';
import { refreshTokenReader, refreshTokenWriter } from './refresh-tokens.js';
import { roleAdmin, roleReader } from './roles.js';
import { sessionClientReader, sessionClientWriter } from './session-clients.js';
import { sessionReader, sessionWriter } from './sessions.js';
import { signalReader, signalWriter } from './signals.js';
import { spentIdWriter } from './spent-ids.js';
import type { Db } from './tables.js';
import { tenantAdmin, tenantReader } from './tenants.js';
import { recordingAdmin } from './traffic.js';
import { userAdmin, userReader } from './users.js';

/** Committed state. */
export function createReader(db: Db): Reader {
  return {
    tenants: tenantReader(db),
    users: userReader(db),
    roles: roleReader(db),
    apps: appReader(db),
    clients: clientReader(db),
    registrationTokens: registrationTokenReader(db),
    keys: keyReader(db),
    changes: changeReader(db),
    events: eventReader(db),
    logins: loginReader(db),
    sessions: sessionReader(db),
    sessionClients: sessionClientReader(db),
    devices: deviceReader(db),
    parked: parkedReader(db),
    deviceRequests: deviceRequestReader(db),
    codes: codeReader(db),
    grants: grantReader(db),
    refreshTokens: refreshTokenReader(db),
    accessTokens: accessTokenReader(db),
    consents: consentReader(db),
    attempts: attemptReader(db),
    nodes: nodeReader(db),
    signals: signalReader(db),
  };
}

/**
 * What one transaction may do. `Store.write` hands it out as a `Writer`, without the administrative part.
 * Slices are made when asked for: a transaction uses few of them, and there are many transactions.
 */
export function createAdminWriter(db: Db, dialect: Dialect, clock: Clock): AdminWriter {
  const lock = (name: LockName) => dialect.lock(db, name);
  return {
    get tenants() {
      return tenantReader(db);
    },
    get users() {
      return userReader(db);
    },
    get factors() {
      return factorWriter(db);
    },
    get roles() {
      return roleReader(db);
    },
    get apps() {
      return appReader(db);
    },
    get clients() {
      return clientReader(db);
    },
    get registrationTokens() {
      return registrationTokenReader(db);
    },
    get keys() {
      return keyReader(db);
    },
    get changes() {
      return changeReader(db);
    },
    get events() {
      return eventWriter(db);
    },
    get logins() {
      return loginWriter(db);
    },
    get sessions() {
      return sessionWriter(db);
    },
    get sessionClients() {
      return sessionClientWriter(db);
    },
    get devices() {
      return deviceWriter(db);
    },
    get parked() {
      return parkedWriter(db);
    },
    get deviceRequests() {
      return deviceRequestWriter(db);
    },
    get codes() {
      return codeWriter(db);
    },
    get grants() {
      return grantWriter(db);
    },
    get refreshTokens() {
      return refreshTokenWriter(db);
    },
    get accessTokens() {
      return accessTokenWriter(db);
    },
    get consents() {
      return consentWriter(db);
    },
    get attempts() {
      return attemptWriter(db, clock);
    },
    get nodes() {
      return nodeWriter(db);
    },
    get rates() {
      return rateWriter(db);
    },
    get spentIds() {
      return spentIdWriter(db);
    },
    get signals() {
      return signalWriter(db, lock);
    },
    get admin() {
      return {
        ...tenantAdmin(db, clock),
        ...userAdmin(db),
        ...factorAdmin(db),
        ...roleAdmin(db),
        ...appAdmin(db),
        ...clientAdmin(db),
        ...keyAdmin(db),
        ...changeAdmin(db),
        ...recordingAdmin(db),
        serialize: () => lock('administration'),
      };
    },
  };
}
