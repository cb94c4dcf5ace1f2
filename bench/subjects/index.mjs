/**
 * The servers that are measured. A subject is prepared once in a folder of its own, launched as a child, and then
 * described: its target says where it has what, as plain data for the load generator.
 *
 * @typedef {object} SubjectKind
 * @property {(folder: string) => Promise<void>} [prepare] what is done once, before the first start
 * @property {(folder: string) => {args: string[], env?: Record<string, string>}} command
 * @property {string} ready path that answers 200 to GET
 * @property {(url: string, folder: string) => Promise<object>} target
 * @property {(folder: string) => string} [database] path or URL of what it stores
 * @property {number} [processes] that share the load, if more than one
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bareAsync, bareGroup, bareSync, bareTwo, fastifyAsync } from './ceilings.mjs';
import { launch } from './child.mjs';
import { oidc } from './oidc.mjs';
import { sallyport } from './sallyport.mjs';

/** Tokens to remove: more than a sweep is done with while it is measured. */
const EXPIRED = 400_000;

/** All kinds by the names of the report; those on PostgreSQL only where there is one. */
export function subjectKinds({ databaseUrl, scale }) {
  const onPostgres = (name, options) =>
    databaseUrl && sallyport({ databaseUrl: databaseUrl(name), ...options });
  return {
    'bare-sync': bareSync,
    'bare-async': bareAsync,
    'bare-async-2': bareTwo,
    'fastify-async': fastifyAsync,
    'bare-group-full': bareGroup,
    'oidc-memory': oidc('memory'),
    'oidc-sqlite': oidc('normal'),
    'oidc-sqlite-full': oidc('full'),
    sallyport: sallyport(),
    'sallyport-postgres': onPostgres('one', { workers: 1 }),
    'sallyport-postgres-2': onPostgres('two', { workers: 2 }),
    'sallyport-large': scale > 0 && sallyport({ scale }),
    'sallyport-postgres-large': scale > 0 && onPostgres('large', { workers: 1, scale }),
    'sallyport-expired': sallyport({ expired: EXPIRED }),
    'sallyport-postgres-expired': onPostgres('expired', { workers: 1, expired: EXPIRED }),
  };
}

/** Keeps the servers of one run: each is started when first asked for, all end together. */
export function createSubjects(kinds, folder) {
  const running = new Map();

  async function start(name) {
    const kind = kinds[name];
    if (!kind) throw new Error(`${name} cannot run here`);
    const home = join(folder, name);
    mkdirSync(home);
    await kind.prepare?.(home);
    const { args, env } = kind.command(home);
    const child = await launch(args, env);
    return { ...child, processes: kind.processes ?? 1, target: await kind.target(child.url, home) };
  }

  return {
    canRun: (name) => Boolean(kinds[name.split('+')[0]]),
    /** A server and its target; `name+variant` is the same server with the variant's values laid over the target. */
    async get(name) {
      const [base, variant] = name.split('+');
      if (!running.has(base)) running.set(base, start(base));
      const subject = await running.get(base);
      const { variants = {}, ...target } = subject.target;
      return variant ? { ...subject, target: { ...target, ...variants[variant] } } : { ...subject, target };
    },
    async stop() {
      const all = await Promise.allSettled(running.values());
      await Promise.all(all.map(({ value }) => value?.stop()));
      running.clear();
    },
  };
}
