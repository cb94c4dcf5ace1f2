/**
 * The clients that no user of the directory stands behind: those that registered, and those that describe themselves
 * by a document at the very URL that is their id.
 * @see RFC 7591, OAuth Client ID Metadata Document
 */
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import type { RegisteredClient } from '../model.js';
import type { ClientDocuments } from './client-documents.js';
import { isRegisteredId } from './client-id.js';

export interface ClientRegistry {
  /** Whether only a registered client of the app can have this id. */
  governs(app: RunningApp, clientId: string): boolean;
  /** Null for an id that is not, or no longer, a client of the app. */
  find(app: RunningApp, clientId: string): Promise<RegisteredClient | null>;
}

export function createClientRegistry(deps: {
  directory: Directory;
  documents: ClientDocuments;
}): ClientRegistry {
  const { directory, documents } = deps;
  return {
    governs: (app, clientId) => isRegisteredId(clientId) || documents.governs(app, clientId),
    async find(app, clientId) {
      if (documents.governs(app, clientId)) return documents.find(app, clientId);
      if (!isRegisteredId(clientId)) return null;
      const client = await directory.client(app.tenantId, clientId);
      return client?.appId === app.id ? client : null;
    },
  };
}
