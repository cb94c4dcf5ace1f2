/** Whom a request is about, when it says so: `id_token_hint`, or `sub` in the parameter `claims`. */
import { OAuthError } from '../errors.js';
import { subjectsAsked } from '../tokens/claims-request.js';
import { readIdTokenHint } from '../tokens/id-token.js';
import type { Keys } from '../tokens/keys.js';
import type { Subjects } from '../tokens/subjects.js';
import type { Urls } from '../urls.js';
import type { TrustedRequest } from './authorization-request.js';

/** Whether the user is one that the request may be answered for. */
export type ExpectsUser = (request: TrustedRequest, userId: string) => Promise<boolean>;

/** Throws `invalid_request` for a hint that this app did not issue to this client. @see Core 1.0 section 3.1.2.2 */
export function createExpectedUser(deps: { keys: Keys; urls: Urls; subjects: Subjects }): ExpectsUser {
  return async ({ context: { tenant }, app, client, parameters }, userId) => {
    const subject = await deps.subjects.of(app, client.id, userId);
    const hint = parameters.get('id_token_hint');
    if (hint !== undefined) {
      const told = await readIdTokenHint(deps, tenant, app, hint);
      if (told?.clientId !== client.id)
        throw new OAuthError('invalid_request', 'id_token_hint is no ID token of this app for this client');
      if (told.subject !== subject) return false;
    }
    const asked = subjectsAsked(parameters.get('claims'));
    return asked === null || asked.includes(subject);
  };
}
