/**
 * Authorization requests that the client sends to the server itself, before the browser comes with a reference to
 * them. Kept where parked requests are, and ended when one is answered. @see RFC 9126
 */
import { z } from 'zod';
import type { Clock } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { Store } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import { servedApp } from './app.js';
import { createChecks, trust } from './authorization-request.js';
import type { ClientAuth } from './client-auth.js';
import type { Dpop, ProvedRequest } from './dpop.js';
import { type Parameters, readParameters } from './parameters.js';
import { keptOf, PARKED_LIFETIME, type Parked } from './parking.js';
import type { UnpackRequest } from './request-object.js';
import type { Resources } from './resource.js';
import { type ClientRequest, provedKey, refuseInQuery } from './token.js';

const PREFIX = 'urn:ietf:params:oauth:request_uri:';

/** Seconds in which the browser must come with the reference. */
const USABLE = 60;

const Stored = z.object({
  parameters: z.record(z.string(), z.string()),
  pushedBy: z.string(),
  /** Epoch milliseconds; the row outlives this, so that the end of the sign-in finds it. */
  usableUntil: z.number(),
});

/** @see RFC 9126 section 2.2 */
export interface PushedResponse {
  readonly request_uri: string;
  readonly expires_in: number;
}

export interface PushedRequests {
  push(context: RequestContext, request: ClientRequest): Promise<PushedResponse>;
  /** The request that the parameters refer to; null when they refer to none. Throws `invalid_request_uri`. */
  find(app: RunningApp, parameters: Parameters): Promise<Parked | null>;
}

interface PushDeps {
  store: Store;
  clock: Clock;
  directory: Directory;
  clientAuth: ClientAuth;
  resources: Resources;
  unpack: UnpackRequest;
  dpop: Dpop;
}

export function createPushedRequests(deps: PushDeps): PushedRequests {
  const { store, clock, directory, clientAuth, unpack, dpop } = deps;
  const checks = createChecks(clientAuth);

  /** A proof binds the code to its key as `dpop_jkt` does. @see RFC 9449 section 10.1 */
  async function bound(context: RequestContext, proved: ProvedRequest, parameters: Parameters) {
    const jkt = await provedKey(dpop, context, proved);
    if (jkt === null) return parameters;
    if ((parameters.get('dpop_jkt') ?? jkt) !== jkt)
      throw new OAuthError('invalid_dpop_proof', 'dpop_jkt names another key than the DPoP proof');
    return new Map(parameters).set('dpop_jkt', jkt);
  }

  return {
    async push(context, { applicationId, authorization, query, body, proved }) {
      refuseInQuery(query);
      const form = readParameters(body);
      await directory.catchUp();
      const app = await servedApp(directory, context, applicationId);
      const client = await clientAuth.authenticate(context, app, { authorization, parameters: form });
      if (form.has('request_uri'))
        throw new OAuthError('invalid_request', 'a pushed request may not refer to another one');
      const sent = new Map(form).set('client_id', client.id);
      sent.delete('client_secret');
      const parameters = await bound(context, proved, await unpack(context, app, sent));
      const request = await trust(deps, context, app, parameters);
      for (const check of checks) await check(request);

      const key = randomToken();
      const now = clock.now();
      const usableUntil = now + USABLE * 1000;
      const stored: z.infer<typeof Stored> = {
        parameters: keptOf(parameters),
        pushedBy: client.id,
        usableUntil,
      };
      const row = {
        tenantId: context.tenant.id,
        keyHash: sha256(key),
        appId: app.id,
        request: JSON.stringify(stored),
        createdAt: now,
        expiresAt: usableUntil + PARKED_LIFETIME,
      };
      await store.write((tx) => tx.parked.insert(row));
      context.trace?.link('parked', row.keyHash);
      return { request_uri: `${PREFIX}${key}`, expires_in: USABLE };
    },

    async find(app, parameters) {
      const reference = parameters.get('request_uri');
      if (!reference?.startsWith(PREFIX)) return null;
      const keyHash = sha256(reference.slice(PREFIX.length));
      const row = await store.read.parked.find(keyHash);
      const stored = row?.appId === app.id ? Stored.safeParse(JSON.parse(row.request)) : null;
      if (!stored?.success || stored.data.usableUntil <= clock.now()) throw unknownReference();
      if (stored.data.pushedBy !== parameters.get('client_id')) throw unknownReference();
      return {
        parameters: new Map(Object.entries(stored.data.parameters)),
        shownTo: null,
        parkedAt: Number.POSITIVE_INFINITY,
        keyHashes: [keyHash],
      };
    },
  };
}

/** Nothing can be trusted of such a request, its redirect least of all. */
function unknownReference(): OAuthError {
  return new OAuthError('invalid_request_uri', 'the request_uri is unknown, expired or already used');
}
