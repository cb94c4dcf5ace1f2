/** The operator over `/api/v1` of a running server: as the user whose token it is, with that user's rights. */
import {
  callRequest,
  type HttpOptions,
  normalizeEndpoint,
  ProblemError,
  processCallResponse,
} from '@sallyport/client';
import { createTokenFile } from '@sallyport/client/node';
import {
  App,
  CreatedUser,
  DeclarationResult,
  Factor,
  PostmanCollection,
  PostmanEnvironment,
  page,
  SigningKey,
} from '@sallyport/contract';
import { z } from 'zod';
import { AdminError } from '../core/errors.js';
import { type Attempt, advised } from './advice.js';
import { CliFailure } from './failure.js';
import { freshToken } from './kept-token.js';
import type { Operator, OperatorOptions } from './operator.js';
import { readSecret, withPrompt } from './prompt.js';
import { openTraffic } from './traffic.js';

/** Opens the server at `endpoint` with the given token or the one kept by `login`. */
export async function openRemoteOperator(endpoint: string, options: OperatorOptions): Promise<Operator> {
  const origin = normalizeEndpoint(endpoint);
  const { http } = await openTraffic(options);
  const bearerToken = await readToken(origin, options.token, http);

  /** The answer, in the shape that the contract gives it. */
  function request<T extends z.ZodType>(
    answer: T,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    data?: unknown,
  ): Promise<z.output<T>> {
    const sent = { method, path: `/api/v1/${path}`, bearerToken, ...(data !== undefined && { data }) };
    const attempt: Attempt = { path: sent.path };
    return advised(attempt, async () => {
      const received = await callRequest(origin, sent, http);
      attempt.challenge = received.headers.get('www-authenticate');
      const parsed = answer.safeParse(processCallResponse(received).body);
      if (parsed.success) return parsed.data;
      const message = `${origin} answers in another shape: is it a Sallyport of this version?`;
      throw new CliFailure(message, { cause: parsed.error });
    }).catch((error: unknown) => {
      throw asCoreNames(error);
    });
  }

  async function all<T extends z.ZodType>(item: T, path: string, after?: string): Promise<z.output<T>[]> {
    const query = new URLSearchParams({ limit: '200', ...(after !== undefined && { after }) });
    const { items, next } = await request(page(item), 'GET', `${path}?${query}`);
    return next === undefined ? items : [...items, ...(await all(item, path, next))];
  }

  async function keys(method: 'GET' | 'POST', path: string): Promise<SigningKey[]> {
    return (await request(page(SigningKey), method, path)).items;
  }

  const app = (applicationId: string) => `apps/${encodeURIComponent(applicationId)}`;
  const user = (loginName: string) => `users/${encodeURIComponent(loginName)}`;
  return {
    apply: (declaration, { dryRun, prune }) =>
      request(
        DeclarationResult,
        'PUT',
        `declaration?${new URLSearchParams({ dryRun: String(dryRun), prune: String(prune) })}`,
        declaration,
      ),
    export: () => request(z.looseObject({}), 'GET', 'declaration'),
    addUser: (input) => request(CreatedUser, 'POST', 'users', input),
    async setPassword(loginName, password) {
      await request(z.unknown(), 'PUT', `${user(loginName)}/password`, { password });
      await request(z.unknown(), 'POST', `${user(loginName)}/unlock`);
      return [];
    },
    async unlock(loginName) {
      await request(z.unknown(), 'POST', `${user(loginName)}/unlock`);
      return [];
    },
    async removeFactors(loginName) {
      const { items } = await request(page(Factor), 'GET', `${user(loginName)}/factors`);
      for (const { id } of items) await request(z.unknown(), 'DELETE', `${user(loginName)}/factors/${id}`);
    },
    listApps: () => all(App, 'apps'),
    showApp: (applicationId) => request(App, 'GET', app(applicationId)),
    postman: async (applicationId) => ({
      collection: await request(PostmanCollection, 'GET', `${app(applicationId)}/postman`),
      environment: await request(PostmanEnvironment, 'GET', `${app(applicationId)}/postman/environment`),
    }),
    listKeys: () => keys('GET', 'keys'),
    rotateKeys: () => keys('POST', 'keys/rotate'),
    close: async () => undefined,
  };
}

async function readToken(endpoint: string, given: string | undefined, http: HttpOptions): Promise<string> {
  if (given !== undefined)
    return (await withPrompt((prompt) => readSecret(given, prompt, 'Bearer token'))) ?? '';
  const kept = await createTokenFile().findLast({ endpoint });
  if (kept) return (await freshToken(kept, http)).bearerToken;
  throw new CliFailure(
    `nobody is signed in at ${endpoint}: sallyport login --endpoint ${endpoint}, or --token`,
  );
}

/** A document's faults as core itself would name them. */
function asCoreNames(error: unknown): unknown {
  const isFaulty = error instanceof ProblemError && error.faults.length > 0;
  return isFaulty ? new AdminError('invalid', error.message, [...error.faults]) : error;
}
