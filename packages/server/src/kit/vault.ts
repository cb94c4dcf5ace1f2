import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** The value could not be opened: another key sealed it, or it was altered. */
export class UnsealError extends Error {}

/** Seals what is secret at rest and derives the keyed-digest keys, all from one 32-byte master key. */
export interface Vault {
  /** AES-256-GCM; `context` is authenticated, so a sealed value cannot be moved to another row or column. */
  seal(plain: string, context: string): string;
  /** The reverse of `seal`. Throws {@link UnsealError}. */
  open(sealed: string, context: string): string;
  /** A 32-byte key for one named purpose (HKDF-SHA-256). */
  derive(purpose: string): Uint8Array;
}

/** A vault under a 32-byte key. */
export function createVault(masterKey: Uint8Array): Vault {
  if (masterKey.length !== 32) throw new RangeError('the master key must be 32 bytes');
  const derive = (purpose: string) =>
    new Uint8Array(hkdfSync('sha256', masterKey, '', `sallyport ${purpose}`, 32));
  const key = derive('seal');
  return {
    derive,
    seal: (plain, context) => seal(key, plain, context),
    open: (sealed, context) => open(key, sealed, context),
  };
}

/** AES-256-GCM under `key`: version, nonce, tag and ciphertext in one base64url string behind `1.`. */
export function seal(key: Uint8Array, plain: string, context: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return `1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
}

/** The reverse of {@link seal}. Throws {@link UnsealError}. */
export function open(key: Uint8Array, sealed: string, context: string): string {
  const bytes = Buffer.from(sealed.slice(2), 'base64url');
  if (!sealed.startsWith('1.') || bytes.length < 28) throw new UnsealError('not a sealed value');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(12, 28));
    return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new UnsealError('sealed under another key, or altered', { cause });
  }
}
