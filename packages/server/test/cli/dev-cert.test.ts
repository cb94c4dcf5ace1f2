/** TLS on a developer's machine: `dev-cert` makes the certificate, `serve` speaks it and takes a new one up. */
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Running, run, start } from '../support/process.js';

const ADMIN = { user: 'admin@acme.test', password: 'correct horse battery' };
const Made = z.strictObject({
  authority: z.string(),
  authorityKey: z.string(),
  certificate: z.string(),
  privateKey: z.string(),
  hosts: z.array(z.string()),
  expires: z.iso.datetime(),
  isNewAuthority: z.boolean(),
});

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function devCert(dir: string, ...more: string[]): Promise<z.output<typeof Made>> {
  const { code, stdout, stderr } = await run(['dev-cert', '--dir', join(folder, dir), '--json', ...more]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Made.parse(JSON.parse(stdout));
}

const mode = async (path: string) => (await stat(path)).mode & 0o777;
const certificateIn = async (path: string) => new X509Certificate(await readFile(path));

describe('dev-cert', { timeout: 60_000 }, () => {
  it('makes an authority and a certificate that it signed for the loopback names and those given', async () => {
    const made = await devCert('made', '--host', 'id.acme.test', '--host', '192.0.2.7');
    const [authority, server] = [await certificateIn(made.authority), await certificateIn(made.certificate)];
    expect(authority.ca).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.verify(authority.publicKey) && server.checkIssued(authority)).toBe(true);
    for (const host of ['id.acme.test', 'localhost']) expect(server.checkHost(host)).toBe(host);
    for (const address of ['127.0.0.1', '192.0.2.7', '::1']) expect(server.checkIP(address)).toBe(address);
    expect(server.checkHost('other.acme.test')).toBeUndefined();
    expect(Date.parse(made.expires) - Date.now(), 'no longer than clients take').toBeLessThan(
      398 * 86_400_000,
    );
    expect(made.isNewAuthority).toBe(true);
    expect(await mode(join(folder, 'made')), 'keys are for their owner alone').toBe(0o700);
    for (const key of [made.authorityKey, made.privateKey]) expect(await mode(key)).toBe(0o600);
    for (const open of [made.authority, made.certificate]) expect(await mode(open)).toBe(0o644);
  });

  it('run again, keeps the authority, makes a new certificate, and says how to trust and how to start', async () => {
    const dir = join(folder, 'made');
    const files = { authority: join(dir, 'ca.crt'), certificate: join(dir, 'server.crt') };
    const [authority, certificate] = [await readFile(files.authority), await readFile(files.certificate)];
    const { code, stdout } = await run(['dev-cert', '--dir', dir, '--host', 'id.acme.test']);
    expect(code).toBe(0);
    expect(await readFile(files.authority)).toEqual(authority);
    expect(await readFile(files.certificate)).not.toEqual(certificate);
    expect(stdout).toMatch(/^The same authority/);
    expect(stdout).toContain(`SALLYPORT_TLS_CERT=${dir}/server.crt`);
    expect(stdout).toContain('sallyport serve --public-url https://id.acme.test:8420');
    for (const variable of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE'])
      expect(stdout).toContain(`${variable}=${dir}/ca.crt`);
  });

  it('refuses half an authority, a folder it cannot write and a host that is none', async () => {
    const dir = join(folder, 'made');
    await rm(join(dir, 'ca.key'));
    const half = await run(['dev-cert', '--dir', dir]);
    expect({ ...half, stderr: /ca\.key is missing/.test(half.stderr) }).toEqual({
      code: 1,
      stdout: '',
      stderr: true,
    });
    await writeFile(join(folder, 'file'), '');
    const blocked = await run(['dev-cert', '--dir', join(folder, 'file')]);
    expect(blocked.code).toBe(1);
    expect(blocked.stderr).toMatch(/^sallyport: cannot write to [^\n]+\n$/);
    const wrong = await run(['dev-cert', '--dir', join(folder, 'wrong'), '--host', 'https://id.acme.test']);
    expect(wrong.code).toBe(2);
  });
});

describe('a server with TLS of its own', { timeout: 60_000 }, () => {
  let server: Running;
  let url: string;
  let ca: string;

  beforeAll(async () => {
    const { certificate, privateKey, authority } = await devCert('served');
    ca = authority;
    const env = {
      SALLYPORT_TLS_CERT: certificate,
      SALLYPORT_TLS_KEY: privateKey,
      SALLYPORT_ADMIN_USER: ADMIN.user,
      SALLYPORT_ADMIN_PASSWORD: ADMIN.password,
    };
    server = start(['serve', '--port', '0', '--data-dir', join(folder, 'data')], { env });
    [, url = ''] = await server.seen(/listening on ([^\s"]+)/);
  });
  afterAll(async () => {
    server.child.kill('SIGTERM');
    await server.finished;
  });

  const client = (env: Record<string, string>) => ({
    env: { XDG_STATE_HOME: join(folder, 'state'), ...env },
  });
  const login = ['login', '--user', ADMIN.user];

  it('signs in a client that trusts the authority, and tells one that does not what to set', async () => {
    expect(url).toMatch(/^https:\/\/localhost:\d+$/);
    const options = { ...client({ NODE_EXTRA_CA_CERTS: ca }), input: ADMIN.password };
    const { code, stdout } = await run([...login, '--endpoint', url], options);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`Endpoint: ${url}\n`) });
    const stranger = await run([...login, '--endpoint', url], { ...client({}), input: ADMIN.password });
    expect({ code: stranger.code, stderr: stranger.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });

  it('sets the session cookie Secure and gives PodFqdn with its port (trap 4)', async () => {
    const send = async (call: string, body: object) => {
      const agent = new Agent({ ca: await readFile(ca) });
      return post(agent, `${url}/Security/${call}`, body);
    };
    const started = await send('StartAuthentication', { User: ADMIN.user, Version: '1.0' });
    const { SessionId, Challenges } = started.json.Result;
    const done = await send('AdvanceAuthentication', {
      SessionId,
      MechanismId: Challenges[0]?.Mechanisms[0]?.MechanismId,
      Action: 'Answer',
      Answer: ADMIN.password,
    });
    expect(done.json.Result).toMatchObject({ Summary: 'LoginSuccess', PodFqdn: new URL(url).host });
    expect(String(done.cookie)).toMatch(/^\.ASPXAUTH=[^=;]+;.*Secure/);
  });

  it('takes a renewed certificate up, and connections that are open stay open', async () => {
    const agent = new Agent({ ca: await readFile(ca), keepAlive: true, maxSockets: 1 });
    const before = await health(agent);
    const busy = setInterval(() => void health(agent), 500);
    await devCert('served', '--host', 'id.acme.test');
    const renewed = (await certificateIn(join(folder, 'served', 'server.crt'))).serialNumber;
    await server.seen(/(old one stays|took up the renewed)[\s\S]*took up the renewed TLS certificate/);
    clearInterval(busy);
    const fresh = new Agent({ ca: await readFile(ca) });
    expect((await health(fresh)).serialNumber).toBe(renewed);
    expect(await health(agent), 'the same connection, with the certificate it began with').toEqual(before);
    agent.destroy();
  });

  it('goes on with the certificate it has when the new one is damaged', async () => {
    const path = join(folder, 'served', 'server.crt');
    const whole = await readFile(path);
    await writeFile(path, 'nothing of the kind');
    await server.seen(/took up[\s\S]*the old one stays/);
    expect((await health(new Agent({ ca: await readFile(ca) }))).status).toBe(200);
    await writeFile(path, whole);
  });

  /** One request, and the certificate and local port of the connection that carried it. */
  function health(agent: Agent) {
    return new Promise<{ status: number | undefined; serialNumber: string; port: number | undefined }>(
      (resolve, reject) => {
        request(`${url}/health/live`, { agent }, (response) => {
          const socket = response.socket as TLSSocket;
          const { serialNumber } = socket.getPeerCertificate();
          const { localPort: port } = socket;
          response.resume().once('end', () => resolve({ status: response.statusCode, serialNumber, port }));
        })
          .once('error', reject)
          .end();
      },
    );
  }
});

const Envelope = z.looseObject({
  Result: z.looseObject({
    SessionId: z.string().optional(),
    Challenges: z
      .array(z.looseObject({ Mechanisms: z.array(z.looseObject({ MechanismId: z.string() })) }))
      .default([]),
  }),
});

/** A POST of JSON as a program of the vendor's sends it. */
function post(agent: Agent, url: string, body: object) {
  return new Promise<{ json: z.output<typeof Envelope>; cookie: string[] | undefined }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-centrify-native-client': '1' };
    request(url, { agent, method: 'POST', headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(Buffer.from(chunk));
      const json = Envelope.parse(JSON.parse(Buffer.concat(chunks).toString()));
      resolve({ json, cookie: response.headers['set-cookie'] });
    })
      .once('error', reject)
      .end(JSON.stringify(body));
  });
}
