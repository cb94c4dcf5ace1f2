import {
  type Client,
  deviceCodeGrant,
  discover,
  type HttpOptions,
  startDeviceAuthorization,
  type TokenResponse,
} from '@sallyport/client';
import type { TokenOptions } from './token-options.js';

/** A token that the user allows on another device: the code goes to standard error, the token to standard output. */
export async function deviceGrant(
  { endpoint, appid, scope }: TokenOptions,
  client: Client,
  http: HttpOptions,
): Promise<TokenResponse> {
  const server = await discover(endpoint, appid, http);
  const device = await startDeviceAuthorization(server, client, scope === undefined ? {} : { scope }, http);
  console.error(`Open\n\n  ${device.verification_uri}\n\nand type the code ${device.user_code}`);
  return deviceCodeGrant(server, client, device, http);
}
