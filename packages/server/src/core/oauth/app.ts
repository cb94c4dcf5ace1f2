import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { RequestContext } from '../request-context.js';

/** The app that an endpoint's path names, enabled or not. Throws `invalid_request`, as the vendor does. */
export async function knownApp(
  directory: Pick<Directory, 'app'>,
  { tenant, trace }: RequestContext,
  applicationId: string,
): Promise<RunningApp> {
  const app = await directory.app(tenant.id, applicationId);
  if (!app) throw unknownApp(applicationId, 'there is no such app');
  trace?.about({ appId: app.id });
  return app;
}

/** The app that an endpoint's path names, enabled. Throws `invalid_request`, as the vendor does. Rule 1. */
export async function servedApp(
  directory: Pick<Directory, 'app'>,
  context: RequestContext,
  applicationId: string,
): Promise<RunningApp> {
  const app = await knownApp(directory, context, applicationId);
  if (!app.enabled) throw unknownApp(applicationId, 'the app is disabled');
  context.trace?.passed('app', app.applicationId);
  return app;
}

function unknownApp(applicationId: string, detail: string): OAuthError {
  return new OAuthError('invalid_request', `unknown app ${applicationId.slice(0, 64)}`, detail);
}
