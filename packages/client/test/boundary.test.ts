import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '..', 'src');

async function importsOf(files: string[]): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => readFile(join(SOURCE, file), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => name));
}

describe('the package', () => {
  it('imports nothing but itself, so that it runs in browsers, Deno and Bun', async () => {
    const files = (await readdir(SOURCE)).filter((name) => name.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(10);
    expect((await importsOf(files)).filter((name) => !/^\.\/(?!node\/)/.test(name))).toEqual([]);
  });

  it('imports only Node itself in its Node entry', async () => {
    const files = (await readdir(join(SOURCE, 'node'))).map((name) => `node/${name}`);
    expect((await importsOf(files)).filter((name) => !/^(node:|\.{1,2}\/)/.test(name))).toEqual([]);
  });

  it('has no dependency', async () => {
    const manifest = JSON.parse(await readFile(join(SOURCE, '..', 'package.json'), 'utf8'));
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('peerDependencies');
  });
});
