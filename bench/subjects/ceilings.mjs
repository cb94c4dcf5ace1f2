/** The ceilings: what the machine and Node could do with nothing in between. */
import { fileURLToPath } from 'node:url';
import { CLIENT, cookiesOf, PERSON, REDIRECT_URI, signInAll } from './credentials.mjs';

const server = (name) => fileURLToPath(new URL(`../servers/${name}`, import.meta.url));
const PASSWORD_FORM = { username: PERSON.loginName, password: PERSON.password };

const documents = { keys: '/keys', discovery: '/discovery' };
const bareTarget = async (url) => ({
  url,
  ...documents,
  jwt: { token: '/token', client: CLIENT, fields: {} },
  password: { path: '/password', client: CLIENT, fields: PASSWORD_FORM },
});

const bare = (...args) => ({ command: () => ({ args }), ready: '/keys', target: bareTarget });

export const bareSync = bare(server('bare.mjs'), '--sync');
export const bareAsync = bare(server('bare.mjs'));
export const bareTwo = { ...bare(server('bare.mjs'), '--two'), processes: 2 };
export const fastifyAsync = bare(server('fastify.mjs'));

export const bareGroup = {
  command: (folder) => ({ args: [server('bare-group.mjs'), folder] }),
  ready: '/keys',
  async target(url) {
    return {
      url,
      opaque: { token: '/token', introspect: '/introspect', client: CLIENT, fields: {} },
      code: {
        authorize: '/authorize',
        token: '/token',
        client: CLIENT,
        redirectUri: REDIRECT_URI,
        scope: 'openid',
      },
      cookies: await signInAll(async () => cookiesOf(await fetch(`${url}/session`)).join('; ')),
    };
  },
};
