/**
 * How a client hears of a user: by the one id that every client is told, or by one that no other sector knows.
 * @see OpenID Connect Core 1.0 section 8
 */
import { keyedDigest } from '../../kit/digest.js';
import type { Vault } from '../../kit/vault.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { isRegisteredId } from '../registration/client-id.js';
import { sectorOf } from '../registration/client-policy.js';

export const SUBJECT_TYPES = ['public', 'pairwise'] as const;

export interface Subjects {
  /** The `sub` of the user for the client. */
  of(app: RunningApp, clientId: string, userId: string): Promise<string>;
  isPairwise(app: RunningApp, clientId: string): Promise<boolean>;
}

export function createSubjects(deps: { vault: Vault; directory: Pick<Directory, 'client'> }): Subjects {
  const key = deps.vault.derive('pairwise subject');

  /** What users are told apart for; null where every client is told the same. */
  async function sector(app: RunningApp, clientId: string): Promise<string | null> {
    const client = isRegisteredId(clientId) ? await deps.directory.client(app.tenantId, clientId) : null;
    if (client?.metadata.subject_type === 'pairwise') return `host ${sectorOf(client.metadata)}`;
    return app.settings.generalUsage.subjectType === 'pairwise' ? `app ${app.id}` : null;
  }

  return {
    async of(app, clientId, userId) {
      const known = await sector(app, clientId);
      return known === null ? userId : keyedDigest(key, app.tenantId, known, userId);
    },
    isPairwise: async (app, clientId) => (await sector(app, clientId)) !== null,
  };
}
