/** A security key in software, which says yes to everything. @see Web Authentication Level 3 sections 5.1 and 6.5 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Of the options that a server sends, what a key answers to. */
export interface Asked {
  challenge: string;
}

export interface SoftwareKey {
  /** The answer to an offer to enrol, as `PublicKeyCredential.toJSON()` writes it. */
  create(asked: Asked): Record<string, unknown>;
  /** The answer that proves the key's owner. */
  prove(asked: Asked): Record<string, unknown>;
}

const PRESENT_AND_VERIFIED = 0x05;
const WITH_CREDENTIAL = 0x40;

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();
const text = (words: string) => Buffer.concat([Buffer.from([0x60 + words.length]), Buffer.from(words)]);

/** A key for the pages at `origin`. It does not count, as passkeys that are synchronised do not. */
export function softwareKey(origin: string, userId: string): SoftwareKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(16);
  const count = Buffer.alloc(4);
  const head = (flags: number) =>
    Buffer.concat([sha256(new URL(origin).hostname), Buffer.from([flags]), count]);

  /** @see RFC 9053 section 7.1.1 */
  const coseKey = Buffer.concat([
    ...[Buffer.from('a5010203262001215820', 'hex'), Buffer.from(x, 'base64url')],
    ...[Buffer.from('225820', 'hex'), Buffer.from(y, 'base64url')],
  ]);
  const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, coseKey]);

  const clientData = (type: string, { challenge }: Asked) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const answer = (response: Record<string, Buffer>) => {
    const parts = Object.entries(response).map(([name, bytes]) => [name, bytes.toString('base64url')]);
    const name = id.toString('base64url');
    return {
      ...{ id: name, rawId: name, type: 'public-key', clientExtensionResults: {} },
      response: Object.fromEntries(parts),
    };
  };

  return {
    create(asked) {
      const authData = Buffer.concat([head(PRESENT_AND_VERIFIED | WITH_CREDENTIAL), credential]);
      const attestationObject = Buffer.concat([
        ...[Buffer.from([0xa3]), text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0])],
        ...[text('authData'), Buffer.from([0x58, authData.length]), authData],
      ]);
      return answer({ clientDataJSON: clientData('webauthn.create', asked), attestationObject });
    },
    prove(asked) {
      const clientDataJSON = clientData('webauthn.get', asked);
      const authenticatorData = head(PRESENT_AND_VERIFIED);
      const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)]);
      const signature = sign('sha256', signed, privateKey);
      return answer({ clientDataJSON, authenticatorData, signature, userHandle: Buffer.from(userId) });
    },
  };
}
