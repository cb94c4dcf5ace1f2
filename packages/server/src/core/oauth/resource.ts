/**
 * The API a token is for. Without the parameter `resource` it is the app's own: this server's API for an OAuth2 Client
 * app, the administrator's for an OAuth2 Server app. With it, the API of any enabled OAuth2 Server app of the tenant,
 * named by its audience. An authorization may cover several; a token is for one. @see RFC 8707, RFC 9700 section 2.3
 */
import { mayUseApp, type Subject } from '../access.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { RequestContext } from '../request-context.js';
import { audienceKey, type Urls } from '../urls.js';
import type { Parameters } from './parameters.js';
import type { ScopeSpace } from './scope.js';

/** An API that tokens may be for. */
export interface Target {
  /** `aud` of its tokens. */
  readonly audience: string;
  /** Whose scopes and claims its tokens have. */
  readonly app: RunningApp;
}

export interface Resources {
  /** What is asked for: the values of `resource` with spaces between them, or nothing. Throws `invalid_target`. */
  asked(context: RequestContext, app: RunningApp, resource: string | undefined): Promise<readonly Target[]>;
  /** The one API of that audience, which need not be a URI. Throws `invalid_target`. @see RFC 8693 section 2.1 */
  named(context: RequestContext, app: RunningApp, audience: string): Promise<Target>;
  /** The one target of a token, out of what was granted: null for the app's own. Throws `invalid_target`. */
  chosen(
    context: RequestContext,
    app: RunningApp,
    granted: string | null,
    resource: string | undefined,
  ): Promise<Target>;
}

/** Most resources of one request. */
const MOST = 10;

export function createResources(deps: {
  directory: Pick<Directory, 'appByAudience'>;
  urls: Urls;
}): Resources {
  const { directory, urls } = deps;
  const own = (app: RunningApp): Target => ({ audience: urls.audience(app), app });

  async function find({ tenant }: RequestContext, app: RunningApp, uri: string): Promise<Target> {
    const key = audienceKey(uri);
    const mine = own(app);
    if (audienceKey(mine.audience) === key) return mine;
    const target = await directory.appByAudience(tenant.id, key);
    if (!target?.enabled || target.template !== 'OAuth2Server')
      throw invalidTarget('this resource is not registered here');
    return own(target);
  }

  const asked: Resources['asked'] = async (context, app, resource) => {
    if (resource === undefined) return [own(app)];
    const uris = [...new Set(resource.split(' '))];
    if (uris.length > MOST) throw invalidTarget('too many resources');
    for (const uri of uris)
      if (!URL.canParse(uri) || uri.includes('#'))
        throw invalidTarget('a resource is an absolute URI without fragment');
    const targets = await Promise.all(uris.map((uri) => find(context, app, uri)));
    return targets.filter(({ app: { id } }, i) => targets.findIndex((other) => other.app.id === id) === i);
  };

  return {
    asked,
    named: find,
    async chosen(context, app, granted, resource) {
      const held = granted === null ? [own(app)] : await asked(context, app, granted);
      const wanted = resource === undefined ? held : await asked(context, app, resource);
      const targets = held.filter((target) => wanted.some(({ app: { id } }) => id === target.app.id));
      if (targets.length < wanted.length) throw invalidTarget('this resource was not granted');
      const [target, another] = targets;
      if (!target || another) throw invalidTarget('a token is for one resource: name it');
      return target;
    },
  };
}

/** Rule 1, for the API that a token is for: its User Access counts as well as the issuing app's. */
export function mayUseTargets(subject: Subject, targets: readonly Pick<Target, 'app'>[]): boolean {
  return targets.every(({ app }) => mayUseApp(subject, app));
}

/** What is kept of the APIs asked for: their audiences with spaces between them; null where none was named. */
export function grantedResource(parameters: Parameters, targets: readonly Target[]): string | null {
  return parameters.has('resource') ? targets.map(({ audience }) => audience).join(' ') : null;
}

/** The scopes of several targets together. */
export function scopesOf(targets: readonly Target[]): ScopeSpace {
  const [first, second] = targets;
  if (first && !second) return first.app;
  return {
    scopes: new Map(targets.flatMap(({ app }) => [...app.scopes])),
    knowsScope: (name) => targets.some(({ app }) => app.knowsScope(name)),
  };
}

/** @see RFC 8707 section 2 */
export function invalidTarget(message: string): OAuthError {
  return new OAuthError('invalid_target', message);
}
