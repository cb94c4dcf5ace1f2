/** What may happen to an app inside an administrative transaction, whoever asks: the API, the command line, `apply`. */

import { isDeepStrictEqual } from 'node:util';
import type { AppInput } from '@sallyport/contract';
import { newId } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';
import type { FieldFault } from '../errors.js';
import { foldName } from '../login-name.js';
import type { App } from '../model.js';
import { patternFault } from '../scope-patterns.js';
import { audienceKey, type Urls } from '../urls.js';
import { type Administrator, authorize } from './authority.js';
import type { Recorder } from './change-log.js';
import { refuse } from './faults.js';
import { ensureSigningKeys } from './keys.js';

/** Ids that would make the app's own addresses ambiguous. */
const RESERVED_IDS = new Set(['.', '..', '.well-known']);

/** What changes of apps need beside the transaction. */
export interface AppDeps {
  urls: Urls;
  vault: Vault;
}

export async function addApp(
  recorder: Recorder,
  by: Administrator,
  { urls, vault }: AppDeps,
  tenantId: string,
  input: AppInput,
): Promise<App> {
  authorize(by, 'write apps');
  const { roleIds, ...fields } = await checked(recorder, urls, tenantId, input, null);
  const stamps = { createdAt: recorder.now, updatedAt: recorder.now, version: 1 };
  const app: App = { ...fields, roleIds, logo: null, tenantId, id: newId(), ...stamps };
  await ensureSigningKeys(recorder, vault, tenantId, app.settings);
  await recorder.createApp(app);
  return app;
}

/** Writes the whole document; nothing happens, and nobody is asked for a right, when nothing differs. */
export async function changeApp(
  recorder: Recorder,
  by: Administrator,
  { urls, vault }: AppDeps,
  before: App,
  input: AppInput,
): Promise<App> {
  const next = { ...before, ...(await checked(recorder, urls, before.tenantId, input, before)) };
  if (isDeepStrictEqual(comparable(next), comparable(before))) return before;
  authorize(by, 'write apps');
  const after = { ...next, updatedAt: recorder.now, version: before.version + 1 };
  await ensureSigningKeys(recorder, vault, before.tenantId, after.settings);
  await recorder.updateApp(before, after);
  return after;
}

/** Removes the app with its codes, grants, tokens and consents. */
export async function removeApp(recorder: Recorder, by: Administrator, app: App): Promise<void> {
  authorize(by, 'write apps');
  await recorder.deleteApp(app);
}

/** The app without what decides nothing: the order of its roles. */
function comparable(app: App): unknown {
  return JSON.parse(JSON.stringify({ ...app, roleIds: [...app.roleIds].sort() }));
}

type AppFields = Pick<
  App,
  'applicationId' | 'template' | 'name' | 'description' | 'category' | 'enabled' | 'settings' | 'roleIds'
>;

/** The fields to store. Throws one refusal with every fault of the document. */
async function checked(
  recorder: Recorder,
  urls: Urls,
  tenantId: string,
  { generalUsage, tokens, scope, vendorFields, userAccess, ...identity }: AppInput,
  self: App | null,
): Promise<AppFields> {
  const settings = { generalUsage, tokens, scope, ...(vendorFields && { vendorFields }) };
  const faults = patternFaults(settings);
  const clashes: FieldFault[] = [];
  const roleIds = await roleIdsOf(recorder, tenantId, userAccess.roles, faults);
  await checkApplicationId(recorder, urls, tenantId, identity.applicationId, self, { faults, clashes });
  if (generalUsage.issuer !== 'default')
    await checkIssuer(recorder, tenantId, generalUsage.issuer, self, clashes);
  await checkAudience(recorder, urls, tenantId, { ...identity, settings }, self, { faults, clashes });
  refuse(faults, clashes);
  return { ...identity, settings, roleIds };
}

/** Patterns of one app: all of them are compiled when it is saved, and again where it is first used. */
const MOST_PATTERNS = 1000;

function patternFaults({ scope }: App['settings']): FieldFault[] {
  const count = scope.definitions.reduce((sum, { restRegex }) => sum + restRegex.length, 0);
  if (count > MOST_PATTERNS)
    return [{ field: 'scope.definitions', message: `an app may have ${MOST_PATTERNS} patterns in all` }];
  return scope.definitions.flatMap(({ restRegex }, i) =>
    restRegex.flatMap((pattern, j) => {
      const message = patternFault(pattern);
      return message === null ? [] : [{ field: `scope.definitions.${i}.restRegex.${j}`, message }];
    }),
  );
}

async function roleIdsOf(
  recorder: Recorder,
  tenantId: string,
  names: readonly string[],
  faults: FieldFault[],
): Promise<string[]> {
  const ids = new Set<string>();
  for (const [i, name] of names.entries()) {
    const role = await recorder.tx.roles.findByNameKey(tenantId, foldName(name));
    if (role) ids.add(role.id);
    else faults.push({ field: `userAccess.roles.${i}`, message: `there is no role "${name}"` });
  }
  return [...ids];
}

/** The id is unique whatever its case, and the issuer that follows from it is no other app's own. Rule 10. */
async function checkApplicationId(
  { tx }: Recorder,
  { publicUrl }: Urls,
  tenantId: string,
  applicationId: string,
  self: App | null,
  { faults, clashes }: { faults: FieldFault[]; clashes: FieldFault[] },
): Promise<void> {
  const field = 'applicationId';
  if (RESERVED_IDS.has(applicationId)) faults.push({ field, message: `"${applicationId}" is reserved` });
  const holder = await tx.apps.findByKey(tenantId, foldName(applicationId));
  if (holder && holder.id !== self?.id) clashes.push({ field, message: `"${applicationId}" is taken` });
  for (const issuer of [`${publicUrl}/${applicationId}/`, `${publicUrl}/${applicationId}`]) {
    const claimant = await tx.apps.findByIssuer(tenantId, issuer);
    if (claimant && claimant.id !== self?.id)
      clashes.push({ field, message: `its default issuer is the issuer of "${claimant.applicationId}"` });
  }
}

/** A custom issuer is unique in the tenant and never another app's default. Rule 10. */
async function checkIssuer(
  { tx }: Recorder,
  tenantId: string,
  issuer: string,
  self: App | null,
  clashes: FieldFault[],
): Promise<void> {
  const field = 'generalUsage.issuer';
  const holder = await tx.apps.findByIssuer(tenantId, issuer);
  if (holder && holder.id !== self?.id) {
    clashes.push({ field, message: `is the issuer of "${holder.applicationId}"` });
    return;
  }
  // Whatever its origin: the command line may not know by which public URL the server is reached.
  const path = new URL(issuer).pathname.replace(/^\/|\/$/g, '');
  const owner = await tx.apps.findByKey(tenantId, foldName(path));
  if (owner && owner.id !== self?.id)
    clashes.push({ field, message: `is the default issuer of "${owner.applicationId}"` });
}

/** An audience names one API of the tenant, and never this server's own: the gate would believe its tokens. */
async function checkAudience(
  { tx }: Recorder,
  urls: Urls,
  tenantId: string,
  app: Pick<App, 'applicationId' | 'template' | 'settings'>,
  self: App | null,
  { faults, clashes }: { faults: FieldFault[]; clashes: FieldFault[] },
): Promise<void> {
  const field = 'generalUsage.audience';
  if (app.template !== 'OAuth2Server') return;
  const key = audienceKey(urls.audience(app));
  if (key === audienceKey(urls.resource))
    faults.push({ field, message: "is this server's own API: tokens for it belong to an OAuth2 Client app" });
  if (app.settings.generalUsage.audience === null) return;
  const holder = await tx.apps.findByAudience(tenantId, key);
  if (holder && holder.id !== self?.id)
    clashes.push({ field, message: `is the audience of "${holder.applicationId}"` });
}
