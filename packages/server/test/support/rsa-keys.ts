/**
 * RSA keys for test servers. Making one takes a quarter of a second of a core, and every server makes one: a file of
 * tests is given those that the files before it had made, each of them once, and new ones after that.
 */
import { generateKeyPair, type KeyPairKeyObjectResult } from 'node:crypto';
import { promisify } from 'node:util';

const make = promisify(generateKeyPair);
const made: KeyPairKeyObjectResult[] = [];
let given = 0;

async function take(type: string, options: { modulusLength?: number }): Promise<KeyPairKeyObjectResult> {
  if (type !== 'rsa' || options.modulusLength !== 2048) return Reflect.apply(make, null, [type, options]);
  const place = given++;
  const pair = made[place] ?? (await make('rsa', { modulusLength: 2048 }));
  made[place] = pair;
  return pair;
}

/** To whoever has the function promisified, which is how the server calls it. */
export function lendKeys(): void {
  given = 0;
  Object.defineProperty(generateKeyPair, promisify.custom, { value: take, configurable: true });
}
