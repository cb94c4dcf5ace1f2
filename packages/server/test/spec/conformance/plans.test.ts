/**
 * The OpenID Foundation's plans Basic, Form Post, Implicit and Hybrid: one test per module, named after it, by HTTP,
 * in a browser that runs no script.
 */
import { expect, test } from 'vitest';
import { DATABASES } from '../../support/databases.js';
import { describeWorld } from '../support/world.js';
import * as modules from './modules.js';
import { APP_ID, createRun, type Plan, prepare, type Run } from './suite.js';

type Modules = Readonly<Record<string, (run: Run) => Promise<void>>>;

const { EVERYWHERE, WITH_ACCESS_TOKEN, WITH_CODE, RESPONSE_TYPE_MISSING } = modules;

const BASIC: Modules = {
  ...EVERYWHERE,
  ...WITH_ACCESS_TOKEN,
  ...WITH_CODE,
  ...RESPONSE_TYPE_MISSING,
  ...modules.PKCE,
  ...modules.NONCE_NOT_NEEDED,
  ...modules.BY_POST,
  ...modules.UNSIGNED_ID_TOKEN,
};
const HYBRID: Modules = { ...EVERYWHERE, ...WITH_ACCESS_TOKEN, ...WITH_CODE };
const LATER_HYBRID: Modules = modules.without(HYBRID, 'oidcc-alternate-happy-flow');

const PLANS: [Plan, Modules, number][] = [
  [{ name: 'oidcc-basic-certification', responseType: 'code' }, BASIC, 38],
  [
    { name: 'oidcc-formpost-basic-certification', responseType: 'code', responseMode: 'form_post' },
    BASIC,
    38,
  ],
  [
    { name: 'oidcc-implicit-certification: id_token', responseType: 'id_token' },
    { ...EVERYWHERE, ...modules.NONCE_NEEDED },
    27,
  ],
  [
    { name: 'oidcc-implicit-certification: id_token token', responseType: 'id_token token' },
    { ...EVERYWHERE, ...modules.NONCE_NEEDED, ...WITH_ACCESS_TOKEN, ...RESPONSE_TYPE_MISSING },
    31,
  ],
  [
    { name: 'oidcc-hybrid-certification: code id_token', responseType: 'code id_token' },
    { ...HYBRID, ...modules.NONCE_NEEDED, ...RESPONSE_TYPE_MISSING, ...modules.PKCE },
    36,
  ],
  [
    { name: 'oidcc-hybrid-certification: code token', responseType: 'code token' },
    { ...LATER_HYBRID, ...modules.NONCE_NOT_NEEDED },
    33,
  ],
  [
    { name: 'oidcc-hybrid-certification: code id_token token', responseType: 'code id_token token' },
    { ...LATER_HYBRID, ...modules.NONCE_NEEDED },
    33,
  ],
];

/** What is stored does not differ from plan to plan: the first one runs over every database. */
const databasesOf = ({ name }: Plan) => (name.includes('basic') ? DATABASES : DATABASES.slice(0, 1));

for (const [plan, list, count] of PLANS)
  describeWorld(
    plan.name,
    (world) => {
      test('every module of the plan is here', () => {
        expect(Object.keys(list)).toHaveLength(count);
      });

      test.each(Object.entries(list))('%s', async (_, module) => {
        await module(createRun(world(), plan));
      });
    },
    prepare,
    databasesOf(plan),
  );

describeWorld(
  'oidcc-config-certification',
  (world) => {
    test('oidcc-discovery-endpoint-verification', async () => {
      const response = await world().fetch(`/${APP_ID}/.well-known/openid-configuration`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('application/json');
      const metadata = (await response.json()) as Record<string, unknown>;
      expect(metadata).toMatchObject({
        issuer: `${world().url}/${APP_ID}/`,
        subject_types_supported: ['public', 'pairwise'],
        id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
        response_types_supported: expect.arrayContaining(['code', 'id_token', 'id_token token']),
        grant_types_supported: expect.arrayContaining(['authorization_code', 'implicit']),
        scopes_supported: expect.arrayContaining(['openid']),
        claims_parameter_supported: true,
      });
      for (const [name, value] of Object.entries(metadata)) {
        if (/_supported$/.test(name))
          expect([name, Array.isArray(value) || typeof value === 'boolean']).toEqual([name, true]);
        if (/_endpoint$|_uri$/.test(name)) expect(String(value)).toMatch(new RegExp(`^${world().url}/`));
      }
      const { keys } = (await (await fetch(String(metadata.jwks_uri))).json()) as {
        keys: Record<string, unknown>[];
      };
      expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
      for (const key of keys) {
        expect(key.kid).toBeTypeOf('string');
        expect(['d', 'p', 'q', 'k'].filter((member) => member in key)).toEqual([]);
      }
    });
  },
  prepare,
);
