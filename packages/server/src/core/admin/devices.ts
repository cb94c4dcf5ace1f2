/** The browsers that a user has had remembered: users see and forget their own, administrators those of others. */
import type { KnownDevice } from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import { AdminError } from '../errors.js';
import type * as model from '../model.js';
import type { Store } from '../ports.js';
import { type Administrator, administer, authorize, requireAbove } from './authority.js';
import type { ChangeLog } from './change-log.js';
import { getUser } from './users.js';
import { deviceView } from './views.js';

type Tenant = Pick<model.Tenant, 'id'>;

/** `name` is a user's id or login name. Every function throws `AdminError`. */
export interface DeviceAdmin {
  /** The latest seen first; `amr` is that of the session the question came by. */
  list(tenant: Tenant, by: Administrator, name: string, amr: readonly string[]): Promise<KnownDevice[]>;
  /** What rules let be for its sake is asked for again, in sessions that began there too. */
  forget(tenant: Tenant, by: Administrator, name: string, deviceId: string): Promise<void>;
}

export function createDeviceAdmin(deps: {
  store: Pick<Store, 'read'>;
  changeLog: ChangeLog;
  clock: Clock;
}): DeviceAdmin {
  const { store, changeLog, clock } = deps;
  return {
    async list(tenant, by, name, amr) {
      if (name !== by.userId) authorize(by, 'read users');
      const user = await getUser(store.read, tenant.id, name);
      const devices = await store.read.devices.ofUser(tenant.id, user.id);
      return devices
        .filter(({ expiresAt, createdAt }) => expiresAt > clock.now() && createdAt >= user.validAfter)
        .map((device) => deviceView(device, amr));
    },
    forget(tenant, by, name, deviceId) {
      const operations = name === by.userId ? [] : (['write users'] as const);
      return administer(changeLog, tenant.id, by, operations, async (recorder, current) => {
        const user = await getUser(recorder.tx, tenant.id, name);
        await requireAbove(recorder, current, user);
        const device = await recorder.tx.devices.find(tenant.id, deviceId);
        if (device?.userId !== user.id) throw AdminError.notFound('the device');
        await recorder.tx.devices.remove(tenant.id, deviceId);
        await recorder.noteTaken(user, 'devices', `from ${device.source}`);
      });
    },
  };
}
