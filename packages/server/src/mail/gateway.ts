import type { Carrier } from './carrier.js';

const PATIENCE = 15_000;

/**
 * Text messages and calls by one HTTP service of the operator's: `POST` of `{channel, to, text, code, link}` as JSON,
 * where `channel` is `sms` or `call`; any answer but 2xx is a failure. User and password of the URL go as Basic
 * credentials. Whoever makes the call confirms it, once the person has pressed a key, by posting
 * `decision=approve` as a form to `link`, with the header `X-IDAP-NATIVE-CLIENT: 1`.
 */
export function createGateway(setting: string): Carrier {
  const url = new URL(setting);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const headers = { 'content-type': 'application/json', ...(url.username && { authorization }) };
  url.username = '';
  url.password = '';
  return {
    channels: ['sms', 'call'],
    async deliver(channel, { to, text, code = null, link = null }) {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: JSON.stringify({ channel, to, text, code, link }),
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!response.ok) throw new Error(`the gateway answered ${response.status}`);
    },
  };
}
