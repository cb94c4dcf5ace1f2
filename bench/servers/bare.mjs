/**
 * The ceilings `bare-sync` and `bare-async`: `node:http` answering a client-credentials form with one RS256 JWT, and
 * fixed documents; nothing is checked. `/password` verifies one argon2id hash, the cost that a login cannot avoid.
 */
import { hash, verify } from '@node-rs/argon2';
import { DISCOVERY, KEYS, signAsync, signSync } from './jwt.mjs';
import { answer, readForm, serve, withWorkers } from './serve.mjs';

const sign = process.argv.includes('--sync') ? signSync : signAsync;
const HASHING = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
let stored = null;

const routes = {
  '/keys': async () => KEYS,
  '/discovery': async () => DISCOVERY,
  '/token': async (form) => ({
    access_token: await sign('at+jwt', form.get('client_id') ?? 'service'),
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'all',
  }),
  '/password': async (form) => {
    stored ??= await hash(form.get('password'), HASHING);
    return { matches: await verify(stored, form.get('password'), HASHING) };
  },
};

withWorkers(process.argv.includes('--two'), () =>
  serve((request, response) => {
    const route = routes[request.url];
    if (!route) answer(response, 404, '{}');
    else readForm(request, async (form) => answer(response, 200, await route(form)));
  }),
);
