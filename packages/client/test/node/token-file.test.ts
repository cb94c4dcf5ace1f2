import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTokenFile, type StoredToken, stateDirectory } from '../../src/node/index.js';

const TOKEN: StoredToken = {
  endpoint: 'https://id.example.com',
  appId: 'myapp',
  scope: 'all',
  clientId: 'ada@acme.test',
  bearerToken: 'at',
  refreshToken: 'rt',
  expiresAt: 1_700_000_018_000,
  savedAt: 1_700_000_000_000,
};

async function emptyDirectory(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'sallyport-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  return join(parent, 'sallyport');
}

async function modesBelow(directory: string): Promise<string[]> {
  const names = ['', ...(await readdir(directory, { recursive: true }))];
  return Promise.all(
    names.map(async (name) => ((await stat(join(directory, name))).mode & 0o777).toString(8)),
  );
}

describe('the token file', () => {
  it('lies in XDG_STATE_HOME when that is absolute, else in ~/.local/state', () => {
    expect(stateDirectory({ XDG_STATE_HOME: '/state' })).toBe('/state/sallyport');
    const byDefault = join(homedir(), '.local', 'state', 'sallyport');
    expect(stateDirectory({})).toBe(byDefault);
    expect(stateDirectory({ XDG_STATE_HOME: 'relative' })).toBe(byDefault);
  });

  it.skipIf(process.platform === 'win32')('is readable by its owner alone: 0600 in 0700', async () => {
    const directory = await emptyDirectory();
    await mkdir(directory);
    await chmod(directory, 0o755);
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    await createTokenFile({ directory }).save(TOKEN);
    expect(await modesBelow(directory)).toEqual(['700', '700', '600']);
  });

  it('finds a token by endpoint, app and scope, and no other', async () => {
    const tokens = createTokenFile({ directory: await emptyDirectory() });
    expect(await tokens.find(TOKEN)).toBeNull();
    await tokens.save(TOKEN);
    expect(await tokens.find({ endpoint: TOKEN.endpoint, appId: 'myapp', scope: 'all' })).toEqual(TOKEN);
    for (const other of [{ endpoint: 'https://x.example.com' }, { appId: null }, { scope: null }]) {
      expect(await tokens.find({ ...TOKEN, ...other })).toBeNull();
    }
  });

  it('replaces the token with the same key whole, and leaves nothing beside it', async () => {
    const directory = await emptyDirectory();
    const tokens = createTokenFile({ directory });
    const versions = Array.from({ length: 20 }, (_, n) => ({ ...TOKEN, bearerToken: `at${n}`.repeat(1000) }));
    await Promise.all(versions.map((token) => tokens.save(token)));
    expect(versions).toContainEqual(await tokens.find(TOKEN));
    expect(await readdir(join(directory, 'tokens'))).toHaveLength(1);
  });

  it('finds the token saved last, and forgets one that is removed', async () => {
    const tokens = createTokenFile({ directory: await emptyDirectory() });
    expect(await tokens.findLast()).toBeNull();
    const newer = { ...TOKEN, scope: null, savedAt: TOKEN.savedAt + 1 };
    await tokens.save(newer);
    await tokens.save(TOKEN);
    expect(await tokens.findLast()).toEqual(newer);
    await tokens.remove(newer);
    await tokens.remove(newer);
    expect(await tokens.findLast()).toEqual(TOKEN);
  });

  it('finds the token saved last on one endpoint, or of one app', async () => {
    const tokens = createTokenFile({ directory: await emptyDirectory() });
    const login = { ...TOKEN, appId: null, savedAt: TOKEN.savedAt + 1 };
    const elsewhere = { ...TOKEN, endpoint: 'https://other.example.com', savedAt: TOKEN.savedAt + 2 };
    for (const token of [TOKEN, login, elsewhere]) await tokens.save(token);
    expect(await tokens.findLast({ endpoint: TOKEN.endpoint })).toEqual(login);
    expect(await tokens.findLast({ endpoint: TOKEN.endpoint, appId: TOKEN.appId })).toEqual(TOKEN);
    expect(await tokens.findLast({ appId: null })).toEqual(login);
    expect(await tokens.findLast({ endpoint: 'https://nobody.example.com' })).toBeNull();
  });

  it('takes a damaged file for none', async () => {
    const directory = await emptyDirectory();
    const tokens = createTokenFile({ directory });
    await tokens.save(TOKEN);
    const [name = ''] = await readdir(join(directory, 'tokens'));
    const path = join(directory, 'tokens', name);
    const text = await readFile(path, 'utf8');
    for (const damaged of [text.slice(0, 20), '', '[]', '{"endpoint":"x"}']) {
      await writeFile(path, damaged);
      expect(await tokens.find(TOKEN)).toBeNull();
    }
  });
});
