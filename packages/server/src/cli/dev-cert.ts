/** `dev-cert`: TLS on a developer's machine, for the clients that speak nothing else. */
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { systemClock } from '../kit/clock.js';
import { isCode } from '../kit/system-error.js';
import { CliFailure, CliUsage } from './failure.js';

interface DevCertOptions {
  dir?: string;
  host: string[];
  json?: boolean;
}

/** What this machine calls itself, without being asked for it. */
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '::1'] as const;

export function devCertCommand(program: Command): void {
  program
    .command('dev-cert')
    .description('make a local certificate authority and a TLS certificate for this server')
    .option('--dir <folder>', 'where the files go (default: tls in the data directory)')
    .option(
      '--host <name>',
      'a further host name or address of the server; may be given several times',
      (host: string, hosts: string[]) => [...hosts, host],
      [] as string[],
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  sallyport dev-cert --host id.acme.test\n\n' +
        'Run again, it keeps the authority and makes a new certificate, which a running server takes up by itself.',
    )
    .action((_, command: Command) => run(command.optsWithGlobals()));
}

interface Files {
  authority: string;
  authorityKey: string;
  certificate: string;
  privateKey: string;
}

async function run({ dir, host, json }: DevCertOptions): Promise<void> {
  const hosts = hostsOf(host);
  const folder = resolve(dir ?? join(readConfig({ folder: process.cwd() }).dataDir, 'tls'));
  const files: Files = {
    authority: join(folder, 'ca.crt'),
    authorityKey: join(folder, 'ca.key'),
    certificate: join(folder, 'server.crt'),
    privateKey: join(folder, 'server.key'),
  };
  const { expires, isNewAuthority } = await writing(folder, () => makeFiles(folder, files, hosts));
  const result = { ...files, hosts, expires, isNewAuthority };
  console.log(json ? JSON.stringify(result, null, 2) : howTo(result));
}

function hostsOf(given: readonly string[]): [string, ...string[]] {
  for (const host of given)
    if (!/^[A-Za-z0-9.:*-]{1,253}$/.test(host))
      throw new CliUsage(`--host: "${host}" is no host name or address`);
  const [first = LOOPBACK_HOSTS[0], ...others] = new Set([
    ...given.map((host) => host.toLowerCase()),
    ...LOOPBACK_HOSTS,
  ]);
  return [first, ...others];
}

async function makeFiles(folder: string, files: Files, hosts: [string, ...string[]]) {
  const { canSign, createAuthority, issueServerCertificate, LEAF_LIFE } = await import(
    './dev-certificates.js'
  );
  const now = systemClock.now();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const kept = await readAuthority(files);
  const isNewAuthority = kept === null || !canSign(kept, now);
  const authority = isNewAuthority
    ? await createAuthority(`Sallyport development CA (${hostname()})`, now)
    : kept;
  if (isNewAuthority) {
    await writeWhole(files.authorityKey, authority.privateKey, 0o600);
    await writeWhole(files.authority, authority.certificate, 0o644);
  }
  const server = await issueServerCertificate(authority, hosts, now);
  await writeWhole(files.privateKey, server.privateKey, 0o600);
  await writeWhole(files.certificate, server.certificate, 0o644);
  return { isNewAuthority, expires: new Date(now + LEAF_LIFE * 86_400_000).toISOString() };
}

/** Both files, or none of them: half an authority is somebody else's business. */
async function readAuthority({ authority, authorityKey }: Files) {
  const [certificate, privateKey] = await Promise.all([readIfThere(authority), readIfThere(authorityKey)]);
  if (certificate === null && privateKey === null) return null;
  if (certificate !== null && privateKey !== null) return { certificate, privateKey };
  throw new CliFailure(
    `${certificate === null ? authority : authorityKey} is missing: put it back, or delete its other half to begin anew`,
  );
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** A running server must never see half a file; a new one takes its name. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.new`;
  await rm(beside, { force: true });
  const file = await open(beside, 'wx', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(`${text.trimEnd()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

async function writing<T>(folder: string, job: () => Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST', 'EISDIR')) throw error;
    throw new CliFailure(`cannot write to ${folder}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

interface Made extends Files {
  hosts: readonly string[];
  expires: string;
  isNewAuthority: boolean;
}

function howTo({ authority, certificate, privateKey, hosts, expires, isNewAuthority }: Made): string {
  const [host = ''] = hosts;
  const publicUrl = host === 'localhost' ? '' : ` --public-url https://${host}:8420`;
  return `${isNewAuthority ? 'A new authority' : 'The same authority'} has signed a certificate for ${hosts.join(', ')}, good until ${expires.slice(0, 10)}.

Start the server with it

  SALLYPORT_TLS_CERT=${certificate} \\
  SALLYPORT_TLS_KEY=${privateKey} \\
  sallyport serve${publicUrl}

Trust the authority, for one program

  Node and this command line   export NODE_EXTRA_CA_CERTS=${authority}
  Go, OpenSSL                  export SSL_CERT_FILE=${authority}
  Python requests              export REQUESTS_CA_BUNDLE=${authority}
  curl                         curl --cacert ${authority} https://${host}:8420/health/live

or for the whole machine

  Debian, Ubuntu   sudo cp ${authority} /usr/local/share/ca-certificates/sallyport-dev.crt && sudo update-ca-certificates
  Fedora           sudo cp ${authority} /etc/pki/ca-trust/source/anchors/sallyport-dev.crt && sudo update-ca-trust
  macOS            security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${authority}
  Windows          certutil -user -addstore Root ${authority}

Whoever has the authority's key can pass for any site on a machine that trusts it: keep ca.key where it is.`;
}
