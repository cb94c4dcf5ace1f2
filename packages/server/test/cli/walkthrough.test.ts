import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, REPORTS, type RunningServer, startServer } from './support/running-server.js';

const EXAMPLE = fileURLToPath(new URL('../../../../examples/walkthrough', import.meta.url));

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('examples/walkthrough', () => {
  it('runs as its README says: sign-in, scope, refresh, sign-out, client credentials', async () => {
    const env = {
      ENDPOINT: server.url,
      ADA_PASSWORD: ADA.password,
      ADA_TOTP_SECRET: ADA.totpSecret,
      REPORTS_SECRET: REPORTS.secret,
    };
    await server.ok(['apply', '-f', `${EXAMPLE}/sallyport.yaml`], { env });
    const args = [`${EXAMPLE}/walkthrough.mjs`, server.url];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
    expect(stdout.split('\n').map((line) => line.slice(0, 2))).toEqual([
      ...['1.', '2.', '3.', '4.', '5.', '6.', '7.', '8.', ''],
    ]);
  });
});
