/** The change log and the audit log, as administrators read them. */
import {
  type Activity,
  type AuditEvent,
  type AuditType,
  type Change,
  DENIALS,
  type Page,
} from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import { foldName } from '../login-name.js';
import type { App, Tenant } from '../model.js';
import type { EventPageRequest, PageRequest, Reader, Store } from '../ports.js';
import { type Administrator, authorize, mayDo, type Operation } from './authority.js';
import { changeView, eventView } from './views.js';

/** Whoever may read an object may read what was changed of it. */
const READERS = new Map<string, Operation>([
  ['users', 'read users'],
  ['roles', 'read roles'],
  ['apps', 'read apps'],
  ['keys', 'read keys'],
  ['tenant', 'read tenant'],
  ['recordings', 'read app traffic'],
]);

/** Newest first. Every function throws `AdminError`. */
export interface LogAdmin {
  /** Of one object, such as `apps/myapplication` under every name it had, of every object of a kind, such as `apps`, or of all. */
  changes(
    tenant: Pick<Tenant, 'id'>,
    by: Administrator,
    page: PageRequest & { object?: string | undefined },
  ): Promise<Page<Change>>;
  /** Of `types` alone, when given, and of the instants between `from` and `until`. */
  events(tenant: Pick<Tenant, 'id'>, by: Administrator, page: EventPageRequest): Promise<Page<AuditEvent>>;
  /** The last day in numbers. */
  activity(tenant: Pick<Tenant, 'id'>, by: Administrator): Promise<Activity>;
}

const HOUR = 3_600_000;
const HOURS = 24;

export function createLogAdmin({ store, clock }: { store: Pick<Store, 'read'>; clock: Clock }): LogAdmin {
  return {
    async changes(tenant, by, page) {
      const ofObject = READERS.get(page.object?.split('/', 1)[0] ?? '');
      if (!ofObject || !mayDo(by, ofObject)) authorize(by, 'read logs');
      const app = await appCalled(store.read, tenant.id, page.object);
      const asked = app ? { ...page, object: undefined, appId: app.id } : page;
      const { items, next } = await store.read.changes.page(tenant.id, asked);
      return { items: items.map(changeView), next };
    },
    async events(tenant, by, page) {
      authorize(by, 'read logs');
      const { items, next } = await store.read.events.page(tenant.id, page);
      return { items: items.map(eventView), next };
    },
    async activity(tenant, by) {
      authorize(by, 'read logs');
      const first = (Math.floor(clock.now() / HOUR) - HOURS + 1) * HOUR;
      const counts = await store.read.events.countByHour(tenant.id, first);
      const hours = Array.from({ length: HOURS }, (_, index) => first + index * HOUR);
      return { hours: hours.map((hour) => activityIn(hour, counts)) };
    },
  };
}

/** The app that is called so now: its entries are its own under every name it had. */
async function appCalled(read: Reader, tenantId: string, object = ''): Promise<App | null> {
  const [kind, applicationId, part] = object.split('/', 3);
  if (kind !== 'apps' || applicationId === undefined || part !== undefined) return null;
  return read.apps.findByKey(tenantId, foldName(applicationId));
}

function activityIn(
  hour: number,
  counts: readonly { hour: number; type: AuditType; count: number }[],
): Activity['hours'][number] {
  const of = (types: readonly AuditType[]) =>
    counts
      .filter((entry) => entry.hour === hour && types.includes(entry.type))
      .reduce((sum, { count }) => sum + count, 0);
  return {
    at: new Date(hour).toISOString(),
    signIns: of(['login.success']),
    tokens: of(['token.issued']),
    denials: of(DENIALS),
  };
}
