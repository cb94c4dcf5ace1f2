/** The real executable serving in a folder of its own, and the same executable as its operator and its client. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finished, type RunOptions, run, start } from '../../support/process.js';

export const ADMIN = { user: 'admin@acme.test', password: 'correct horse battery' };
export const ADA = { user: 'ada@acme.test', password: 'a difference engine', totpSecret: 'JBSWY3DPEHPK3PXP' };
export const REPORTS = { user: 'reports@acme.test', secret: 'quarterly figures 1843' };

export interface RunningServer {
  url: string;
  /** Holds the data, the client's state and whatever a test writes. */
  folder: string;
  /** Runs a command on the server's own machine, with a state directory of its own. */
  cli(args: string[], options?: RunOptions): Promise<Finished>;
  /** The environment of such a command. */
  env: Record<string, string>;
  /** Writes a declarative file and answers its path. */
  write(name: string, text: string): Promise<string>;
  /** Runs a command that must succeed, and answers what it printed. */
  ok(args: string[], options?: RunOptions): Promise<string>;
  /** Stops the server's process where it stands, and lets it go on. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export async function startServer(): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
  const dataDir = join(folder, 'data');
  const settings = { SALLYPORT_ADMIN_USER: ADMIN.user, SALLYPORT_ADMIN_PASSWORD: ADMIN.password };
  const server = start(['serve', '--port', '0', '--data-dir', dataDir], { env: settings });
  const [, url = ''] = await server.seen(/listening on ([^\s"]+)/);
  const env = { SALLYPORT_DATA_DIR: dataDir, XDG_STATE_HOME: join(folder, 'state') };
  const cli = (args: string[], options: RunOptions = {}) =>
    run(args, { cwd: folder, ...options, env: { ...env, ...options.env } });
  return {
    url,
    folder,
    env,
    cli,
    write: async (name, text) => {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    },
    ok: async (args, options) => {
      const { code, stdout, stderr } = await cli(args, options);
      if (code !== 0) throw new Error(`${args.join(' ')} exited ${code}: ${stderr}`);
      return stdout;
    },
    freeze: () => server.child.kill('SIGSTOP'),
    thaw: () => server.child.kill('SIGCONT'),
    close: async () => {
      server.child.kill('SIGTERM');
      await server.finished;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A person with a second factor, a confidential client, and an app for each way to a token. */
export const DECLARATION = `
tenant: { loginSuffixes: [acme.test] }
users:
  - { loginName: ${ADA.user}, email: ${ADA.user}, displayName: Ada Lovelace, password: "\${ADA_PASSWORD}" }
  - { loginName: grace@acme.test, email: grace@acme.test, displayName: Grace Hopper, password: "\${ADA_PASSWORD}", totpSecret: ${ADA.totpSecret} }
  - { loginName: ${REPORTS.user}, email: ${REPORTS.user}, displayName: Reports, password: "\${REPORTS_SECRET}", confidentialClient: true }
roles:
  - { name: Developers, members: [${ADA.user}, grace@acme.test, ${REPORTS.user}] }
apps:
  - applicationId: people
    name: People
    generalUsage: { redirects: ["http://127.0.0.1/callback", "\${ENDPOINT}/sysinfo/dummy"] }
    tokens: { authMethods: [authCode, resourceOwner, deviceCode], issueRefreshTokens: true }
    scope:
      userMustConfirm: true
      definitions: [{ name: whoami, restRegex: ["security/whoami"] }]
    userAccess: { roles: [Developers] }
  - applicationId: short
    name: Tokens that are due at once
    tokens: { authMethods: [resourceOwner], issueRefreshTokens: true, lifetime: 20s }
    scope: { definitions: [{ name: whoami, restRegex: ["security/whoami"] }] }
    userAccess: { roles: [Developers] }
  - applicationId: programs
    name: Programs
    generalUsage: { clientIdType: confidential }
    tokens: { authMethods: [clientCreds], type: opaque }
    scope: { definitions: [{ name: whoami, restRegex: ["security/whoami"] }] }
    userAccess: { roles: [Developers] }
`;

/** The variables that {@link DECLARATION} reads. */
export function variables(url: string): Record<string, string> {
  return { ADA_PASSWORD: ADA.password, REPORTS_SECRET: REPORTS.secret, ENDPOINT: url };
}

/** The script that stands for the user's browser. */
export const SIGN_IN = fileURLToPath(new URL('./sign-in.mjs', import.meta.url));
