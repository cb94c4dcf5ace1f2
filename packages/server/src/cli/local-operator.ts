/** The operator on the server's own machine: straight on the database, running server or not, with every right. */
import { existsSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { type App, BUILT_IN_ROLES, UserInput } from '@sallyport/contract';
import { pino } from 'pino';
import { type Composition, compose } from '../compose.js';
import type { Config } from '../config.js';
import { localAdministrator } from '../core/admin/authority.js';
import { parse } from '../core/admin/faults.js';
import { postmanCollection, postmanEnvironment } from '../core/postman/collection.js';
import { sqlitePath } from '../master-key.js';
import { notSetUp } from '../store/migrate.js';
import { CliFailure } from './failure.js';
import { firstSignIn } from './first-sign-in.js';
import { checkOwner, localConfig } from './local-data.js';
import type { Operator, OperatorOptions } from './operator.js';

/**
 * Opens the database that the options, the environment or `sallyport.config.json` name. An empty one is set up for who
 * declares what it shall hold, and refused to everybody else: it is the wrong one.
 */
export async function openLocalOperator(options: OperatorOptions): Promise<Operator> {
  const config = localConfig(options);
  const { setsUp = false } = options;
  if (!config.databaseUrl) checkOwner(config);
  if (!config.databaseUrl && !setsUp) checkFilled(sqlitePath(config));
  const publicUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  const composition = await compose(config, { publicUrl, logger: warnings(), existing: !setsUp });
  try {
    const firstPassword = setsUp ? await composition.setUp() : null;
    if (firstPassword) console.error(firstSignIn(config, { publicUrl, firstPassword }));
    return await createLocalOperator(composition, config);
  } catch (error) {
    await composition.close();
    throw error;
  }
}

/** To open an empty file would make a database of it. */
function checkFilled(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) throw new CliFailure(notSetUp(path));
}

/** Lines such as "waiting for the database", on standard error. */
function warnings() {
  const write = (line: string) => console.error(`sallyport: ${JSON.parse(line).msg}`);
  return pino({ level: 'warn', base: undefined }, { write });
}

/** Apps read at once. */
const PAGE = 200;

async function createLocalOperator({ core, close }: Composition, config: Config): Promise<Operator> {
  const { admin, directory, store, urls } = core;
  const { host } = new URL(urls.publicUrl);
  if (!(await store.read.tenants.findByHost(host)))
    throw new CliFailure(notSetUp(config.databaseUrl ? 'the database' : sqlitePath(config)));
  const tenant = await directory.tenantByHost(host);
  const by = localAdministrator(userInfo().username);

  /** Enables an administrator again: the one thing besides locks that shuts one out for good. */
  async function bringBack(name: string): Promise<string[]> {
    await admin.users.unlock(tenant, by, name);
    const { enabled, roles } = await admin.users.get(tenant, by, name);
    if (enabled) return [];
    if (!roles.includes(BUILT_IN_ROLES.sysadmin)) return ['still disabled'];
    await admin.users.patch(tenant, by, name, { enabled: true });
    return ['enabled'];
  }

  async function allApps(after?: string): Promise<App[]> {
    const { items, next } = await admin.apps.page(tenant, by, { limit: PAGE, after });
    return next === undefined ? items : [...items, ...(await allApps(next))];
  }

  return {
    apply: (declaration, options) => admin.declarations.apply(tenant, by, declaration, options),
    export: () => admin.declarations.export(tenant, by),
    addUser: (user) => admin.users.create(tenant, by, parse(UserInput, user)),
    async setPassword(name, password) {
      await admin.users.setPassword(tenant, by, name, { password, mustChangePassword: false });
      return bringBack(name);
    },
    unlock: bringBack,
    async removeFactors(name) {
      for (const { id } of await admin.users.factors(tenant, by, name))
        await admin.users.removeFactor(tenant, by, name, id);
    },
    listApps: () => allApps(),
    showApp: (applicationId) => admin.apps.get(tenant, by, applicationId),
    async postman(applicationId) {
      const app = await admin.apps.get(tenant, by, applicationId);
      const { publicUrl } = urls;
      return {
        collection: postmanCollection(app, publicUrl),
        environment: postmanEnvironment(app, publicUrl),
      };
    },
    listKeys: () => admin.keys.list(tenant, by),
    async rotateKeys() {
      await admin.keys.rotate(tenant, by);
      return admin.keys.list(tenant, by);
    },
    close,
  };
}
