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
import type { Dialect } from './dialects/dialect.js';
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
export function createReader(db: Db, { userSearch }: Dialect): Reader {
  return {
    tenants: tenantReader(db),
    users: userReader(db, userSearch),
    roles: roleReader(db, userSearch),
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

/** What the slices of one transaction work on. */
interface Transaction {
  readonly db: Db;
  readonly clock: Clock;
  readonly dialect: Dialect;
}

const WRITERS: { readonly [K in keyof AdminWriter]: (transaction: Transaction) => AdminWriter[K] } = {
  tenants: ({ db }) => tenantReader(db),
  users: ({ db, dialect }) => userReader(db, dialect.userSearch),
  factors: ({ db }) => factorWriter(db),
  roles: ({ db, dialect }) => roleReader(db, dialect.userSearch),
  apps: ({ db }) => appReader(db),
  clients: ({ db }) => clientReader(db),
  registrationTokens: ({ db }) => registrationTokenReader(db),
  keys: ({ db }) => keyReader(db),
  changes: ({ db }) => changeReader(db),
  events: ({ db }) => eventWriter(db),
  logins: ({ db }) => loginWriter(db),
  sessions: ({ db }) => sessionWriter(db),
  sessionClients: ({ db }) => sessionClientWriter(db),
  devices: ({ db }) => deviceWriter(db),
  parked: ({ db }) => parkedWriter(db),
  deviceRequests: ({ db }) => deviceRequestWriter(db),
  codes: ({ db }) => codeWriter(db),
  grants: ({ db }) => grantWriter(db),
  refreshTokens: ({ db }) => refreshTokenWriter(db),
  accessTokens: ({ db }) => accessTokenWriter(db),
  consents: ({ db }) => consentWriter(db),
  attempts: ({ db, clock }) => attemptWriter(db, clock),
  nodes: ({ db }) => nodeWriter(db),
  rates: ({ db }) => rateWriter(db),
  spentIds: ({ db }) => spentIdWriter(db),
  signals: ({ db, dialect }) => signalWriter(db, () => dialect.announceSignal(db)),
  admin: ({ db, clock, dialect }) => ({
    ...tenantAdmin(db, clock),
    ...userAdmin(db),
    ...factorAdmin(db),
    ...roleAdmin(db),
    ...appAdmin(db),
    ...clientAdmin(db),
    ...keyAdmin(db),
    ...changeAdmin(db),
    ...recordingAdmin(db),
    serialize: () => dialect.lock(db, 'administration'),
  }),
};

/** Slices are made when first asked for: a transaction uses few of them, and there are many transactions. */
const prototype = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.entries(WRITERS).map(([name, make]) => [
      name,
      {
        get(this: { transaction: Transaction }) {
          const value = make(this.transaction);
          Object.defineProperty(this, name, { value });
          return value;
        },
      },
    ]),
  ),
);

/** What one transaction may do. `Store.write` hands it out as a `Writer`, without the administrative part. */
export function createAdminWriter(db: Db, dialect: Dialect, clock: Clock): AdminWriter {
  const transaction: Transaction = { db, clock, dialect };
  return Object.create(prototype, { transaction: { value: transaction } });
}
