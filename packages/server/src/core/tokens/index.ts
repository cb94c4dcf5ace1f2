import type { Clock } from '../../kit/clock.js';
import type { Reader } from '../ports.js';
import type { Urls } from '../urls.js';
import type { TokenFormat } from './format.js';
import { createJwtFormat } from './jwt.js';
import type { Keys } from './keys.js';
import { createOpaqueFormat } from './opaque.js';

/** Every token format this server knows. */
export function createTokenFormats(deps: {
  read: Pick<Reader, 'accessTokens'>;
  keys: Keys;
  urls: Urls;
  clock: Clock;
}): readonly TokenFormat[] {
  return [createJwtFormat('JwtRS256', deps), createJwtFormat('JwtES256', deps), createOpaqueFormat(deps)];
}
