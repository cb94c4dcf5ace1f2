/** What others see of this server: its issuer, its certificate, its mail. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { z } from 'zod';
import type { Config } from '../../config.js';
import { failed, ok, type Result, reasonOf, skipped, warning } from './check.js';

const PATIENCE = 5_000;
const DAY = 86_400_000;

const Resource = z.object({ resource: z.string(), authorization_servers: z.array(z.string()).optional() });
const Discovery = z.object({ issuer: z.string(), token_endpoint: z.string() });

/** The public URL leads here, and what it answers names itself so. `answeredAt` is the answer's date. */
export async function checkIssuer(publicUrl: string): Promise<{ result: Result; answeredAt: number | null }> {
  let answeredAt: number | null = null;
  try {
    const answer = await get(`${publicUrl}/.well-known/oauth-protected-resource`);
    answeredAt = Date.parse(answer.headers.get('date') ?? '') || null;
    const { resource, authorization_servers: issuers = [] } = Resource.parse(await answer.json());
    if (resource !== publicUrl)
      return { result: failed(`${publicUrl} answers as ${resource}: set SALLYPORT_PUBLIC_URL`), answeredAt };
    const own = issuers.find((issuer) => issuer.startsWith(`${publicUrl}/`));
    return { result: own ? await checkDiscovery(publicUrl, own) : ok(`${publicUrl} answers`), answeredAt };
  } catch (error) {
    return { result: failed(`${publicUrl}: ${reasonOf(error)}`), answeredAt };
  }
}

async function checkDiscovery(publicUrl: string, issuer: string): Promise<Result> {
  const answer = await get(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const found = Discovery.parse(await answer.json());
  if (found.issuer !== issuer)
    return failed(`${issuer} names itself ${found.issuer}: clients refuse its tokens`);
  if (!found.token_endpoint.startsWith(`${publicUrl}/`))
    return failed(`${issuer} sends clients to ${found.token_endpoint}`);
  return ok(`${publicUrl} answers, and its issuers say the same`);
}

async function get(url: string): Promise<Response> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(`${new URL(url).pathname} is answered ${answer.status}`);
  return answer;
}

/** The certificate that clients are shown, and the one in the file that is shown next. */
export async function checkTls(config: Config, publicUrl: string, now: number): Promise<Result> {
  const { protocol, hostname, port } = new URL(publicUrl);
  if (protocol !== 'https:') return skipped('the public URL is http, on this machine alone');
  const ends: { what: string; at: number }[] = [];
  try {
    if (config.tlsCert)
      ends.push({
        what: config.tlsCert,
        at: Date.parse(new X509Certificate(readFileSync(config.tlsCert)).validTo),
      });
    const shown = await shownCertificate(hostname.replace(/^\[|\]$/g, ''), Number(port || 443));
    ends.push({ what: `the certificate of ${hostname}`, at: Date.parse(shown.validTo) });
    const [first] = ends.sort((a, b) => a.at - b.at);
    const days = Math.floor(((first?.at ?? now) - now) / DAY);
    const text = `${first?.what} ${days < 0 ? 'has expired' : `ends in ${days} days`}`;
    if (days < 3) return failed(text);
    if (shown.fault) return failed(`clients do not trust it: ${shown.fault}`);
    return days < 21 ? warning(text) : ok(text);
  } catch (error) {
    return failed(reasonOf(error));
  }
}

function shownCertificate(host: string, port: number): Promise<{ validTo: string; fault: string | null }> {
  return new Promise((resolve, reject) => {
    const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const socket = connect({ host, port, ...name, rejectUnauthorized: false, timeout: PATIENCE }, () => {
      const { valid_to: validTo } = socket.getPeerCertificate();
      // The types promise an Error; Node gives a code as text.
      const fault = socket.authorized ? null : String(socket.authorizationError);
      socket.destroy();
      resolve({ validTo, fault });
    });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error(`${host}:${port} does not answer`)));
  });
}

/** Whether the mail server takes us; nothing is sent. */
export async function checkMail({ smtpUrl, outboxDir }: Config, publicUrl: string): Promise<Result> {
  if (outboxDir) {
    const said = `messages are written to ${outboxDir} and none is sent`;
    return publicUrl.startsWith('https:') ? failed(`${said}: unset SALLYPORT_OUTBOX_DIR`) : warning(said);
  }
  if (!smtpUrl) return skipped('no SALLYPORT_SMTP_URL: mechanisms that need mail are not offered');
  const { createTransport } = await import('nodemailer');
  const patience = { connectionTimeout: PATIENCE, greetingTimeout: PATIENCE, socketTimeout: PATIENCE };
  const transport = createTransport({ url: smtpUrl, ...patience });
  try {
    await transport.verify();
    return ok(`${new URL(smtpUrl).host} takes mail`);
  } catch (error) {
    return failed(`${new URL(smtpUrl).host}: ${reasonOf(error)}`);
  } finally {
    transport.close();
  }
}
