/**
 * Tokens kept between two commands: a private file for each endpoint, app and scope, so that two commands at once
 * never overwrite each other's. Client secrets and passwords are never kept.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isObject, parseJson, textOf } from '../json.js';

export interface TokenKey {
  /** Normalized. */
  readonly endpoint: string;
  /** Null for the bearer token of an interactive sign-in. */
  readonly appId: string | null;
  /** As asked for; null when none was. */
  readonly scope: string | null;
}

export interface StoredToken extends TokenKey {
  /** Who may refresh it; null for an interactive sign-in. */
  readonly clientId: string | null;
  readonly bearerToken: string;
  readonly refreshToken: string | null;
  /** Epoch milliseconds; null when the server did not say. */
  readonly expiresAt: number | null;
  /** Epoch milliseconds. */
  readonly savedAt: number;
}

export interface TokenFile {
  /** Keeps a token in place of the one with the same key, whole or not at all. */
  save(token: StoredToken): Promise<void>;
  find(key: TokenKey): Promise<StoredToken | null>;
  /** The token saved last, of those on `endpoint` and of `appId` where these are given. */
  findLast(wanted?: Partial<Pick<TokenKey, 'endpoint' | 'appId'>>): Promise<StoredToken | null>;
  remove(key: TokenKey): Promise<void>;
}

/** Where a program keeps such things: `$XDG_STATE_HOME/sallyport`, by default `~/.local/state/sallyport`. */
export function stateDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const base = environment.XDG_STATE_HOME ?? '';
  return join(isAbsolute(base) ? base : join(homedir(), '.local', 'state'), 'sallyport');
}

/** The tokens below a directory, which is made when the first is saved: 0700, its files 0600. */
export function createTokenFile({ directory = stateDirectory() }: { directory?: string } = {}): TokenFile {
  const folder = join(directory, 'tokens');
  const pathOf = (key: TokenKey) => join(folder, `${nameOf(key)}.json`);

  async function read(path: string): Promise<StoredToken | null> {
    return readStoredToken(parseJson(await readFile(path, 'utf8').catch(absent(''))));
  }

  return {
    async save(token) {
      await makePrivate(directory);
      await makePrivate(folder);
      await writeWhole(pathOf(token), `${JSON.stringify(token)}\n`);
    },
    find: (key) => read(pathOf(key)),
    async findLast({ endpoint, appId } = {}) {
      const isWanted = (token: StoredToken) =>
        (endpoint === undefined || token.endpoint === endpoint) &&
        (appId === undefined || token.appId === appId);
      const names = await readdir(folder).catch(absent<string[]>([]));
      const paths = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
      const tokens = (await Promise.all(paths.map(read))).filter((token) => token !== null);
      return tokens.filter(isWanted).sort((a, b) => b.savedAt - a.savedAt)[0] ?? null;
    },
    remove: (key) => rm(pathOf(key), { force: true }),
  };
}

/** A name that any file system takes and that tells nothing. */
function nameOf({ endpoint, appId, scope }: TokenKey): string {
  return createHash('sha256')
    .update(JSON.stringify([endpoint, appId, scope]))
    .digest('hex')
    .slice(0, 32);
}

async function makePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
}

/** Never seen half written: a new file beside it takes its name. */
async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

/** Another value where there is no such file; any other fault is the caller's to hear of. */
function absent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value;
    throw error;
  };
}

/** Null for anything but a token as `save` writes it: a damaged file is as good as none. */
function readStoredToken(value: unknown): StoredToken | null {
  if (!isObject(value)) return null;
  const endpoint = textOf(value.endpoint);
  const bearerToken = textOf(value.bearerToken);
  if (endpoint === null || bearerToken === null || typeof value.savedAt !== 'number') return null;
  return {
    endpoint,
    bearerToken,
    appId: textOf(value.appId),
    scope: textOf(value.scope),
    clientId: textOf(value.clientId),
    refreshToken: textOf(value.refreshToken),
    expiresAt: typeof value.expiresAt === 'number' ? value.expiresAt : null,
    savedAt: value.savedAt,
  };
}
