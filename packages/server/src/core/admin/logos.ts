/** The logo of an app: a small picture of its own, kept beside the app and served by what it shows. */
import type { App } from '@sallyport/contract';
import { sha256 } from '../../kit/digest.js';
import { PictureFault, redrawn } from '../../kit/raster-image.js';
import { AdminError } from '../errors.js';
import type * as model from '../model.js';
import type { Store } from '../ports.js';
import { getApp } from './apps.js';
import { type Administrator, administer, authorize } from './authority.js';
import type { ChangeLog, Recorder } from './change-log.js';
import { type Expected, expectVersion } from './expected-version.js';
import { appView } from './views.js';

type Tenant = Pick<model.Tenant, 'id'>;

/** Pixels along the longer side: twice what any page shows. */
const SIDE = 192;

/** Every function throws `AdminError`. */
export interface LogoAdmin {
  /** Takes a PNG or JPEG file; what is kept is a drawing of it. */
  set(
    tenant: Tenant,
    by: Administrator,
    applicationId: string,
    file: Buffer,
    expected?: Expected,
  ): Promise<App>;
  /** Once more of the same changes nothing. */
  remove(tenant: Tenant, by: Administrator, applicationId: string, expected?: Expected): Promise<App>;
  /** The picture as PNG, by the digest in its address; null when no app shows it. */
  find(tenant: Tenant, digest: string): Promise<Buffer | null>;
}

export function createLogoAdmin({
  store,
  changeLog,
}: {
  store: Pick<Store, 'read'>;
  changeLog: ChangeLog;
}): LogoAdmin {
  function change(
    tenant: Tenant,
    by: Administrator,
    applicationId: string,
    png: Buffer | null,
    expected: Expected,
  ): Promise<App> {
    return administer(changeLog, tenant.id, by, ['write apps'], async (recorder) => {
      const before = await getApp(recorder.tx, tenant.id, applicationId);
      expectVersion(before, expected);
      const after = await write(recorder, before, png);
      return appView(after, await recorder.tx.roles.findMany(tenant.id, after.roleIds));
    });
  }

  return {
    async set(tenant, by, applicationId, file, expected) {
      // A picture is costly to read: nobody's is read who may not give one.
      authorize(by, 'write apps');
      return change(tenant, by, applicationId, await drawing(file), expected);
    },
    remove: (tenant, by, applicationId, expected) => change(tenant, by, applicationId, null, expected),
    async find(tenant, digest) {
      const png = await store.read.apps.logo(tenant.id, digest);
      return png === null ? null : Buffer.from(png, 'base64');
    },
  };
}

async function drawing(file: Buffer): Promise<Buffer> {
  try {
    return await redrawn(file, SIDE);
  } catch (error) {
    if (error instanceof PictureFault) throw AdminError.invalid('logo', error.message);
    throw error;
  }
}

async function write(recorder: Recorder, before: model.App, png: Buffer | null): Promise<model.App> {
  const content = png?.toString('base64') ?? null;
  const logo = content === null ? null : hexDigest(content);
  if (logo === before.logo) return before;
  const after = { ...before, logo, updatedAt: recorder.now, version: before.version + 1 };
  await recorder.setLogo(before, after, content);
  return after;
}

/** In hexadecimal digits: paths are compared without regard to case. */
function hexDigest(content: string): string {
  return Buffer.from(sha256(content), 'base64url').toString('hex').slice(0, 32);
}
