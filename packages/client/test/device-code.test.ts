import { describe, expect, it } from 'vitest';
import {
  AbortedError,
  appEndpoints,
  type DeviceAuthorization,
  deviceCodeGrant,
  InvalidArgumentError,
  OAuthResponseError,
  startDeviceAuthorization,
  UnexpectedResponseError,
} from '../src/index.js';
import { type Reply, wireServer } from './support/wire-server.js';

const CLIENT = { clientId: 'tv' };
const STARTED = {
  device_code: 'dc',
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://id.test/device',
  expires_in: 600,
};
const DEVICE: DeviceAuthorization = { ...STARTED, interval: 0.01 };
const PENDING: Reply = { status: 400, body: { error: 'authorization_pending' } };
const TOKEN: Reply = { body: { access_token: 'at', token_type: 'Bearer' } };

async function app(...replies: Reply[]) {
  const server = await wireServer(...replies);
  const metadata = {
    ...appEndpoints(server.endpoint, 'myapp'),
    device_authorization_endpoint: `${server.endpoint}/oauth2/device/myapp`,
  };
  return { server, metadata };
}

describe('device authorization (RFC 8628)', () => {
  it('begins as the client, and waits five seconds between questions where the server says nothing (3.2)', async () => {
    const { server, metadata } = await app({ body: STARTED });
    const started = await startDeviceAuthorization(metadata, CLIENT, { scope: 'all more' });
    expect(started).toEqual({ ...STARTED, interval: 5 });
    expect(server.last()).toMatchObject({ url: '/oauth2/device/myapp', body: 'scope=all+more&client_id=tv' });
  });

  it('asks until the user has answered (3.4)', async () => {
    const { server, metadata } = await app(PENDING, PENDING, TOKEN);
    expect((await deviceCodeGrant(metadata, CLIENT, DEVICE)).access_token).toBe('at');
    expect(server.received).toHaveLength(3);
    expect(new URLSearchParams(server.last().body).get('device_code')).toBe('dc');
  });

  it('ends with the server’s refusal, and when it is told to (3.5)', async () => {
    const denied = await app({ status: 400, body: { error: 'access_denied' } });
    await expect(deviceCodeGrant(denied.metadata, CLIENT, DEVICE)).rejects.toThrow(OAuthResponseError);
    const slow = await app({ status: 400, body: { error: 'slow_down' } });
    const signal = AbortSignal.timeout(200);
    await expect(deviceCodeGrant(slow.metadata, CLIENT, DEVICE, { signal })).rejects.toThrow(AbortedError);
    expect(slow.server.received).toHaveLength(1);
  });

  it('refuses an app without the endpoint, and an answer that is none', async () => {
    const { server, metadata } = await app({ body: { device_code: 'dc' } });
    await expect(startDeviceAuthorization(metadata, CLIENT)).rejects.toThrow(UnexpectedResponseError);
    const plain = appEndpoints(server.endpoint, 'myapp');
    await expect(startDeviceAuthorization(plain, CLIENT)).rejects.toThrow(InvalidArgumentError);
  });
});
