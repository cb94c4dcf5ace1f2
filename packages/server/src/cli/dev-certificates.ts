/** A certificate authority for one developer's machines, and the server certificates that it signs. */
import 'reflect-metadata';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** ECDSA on P-256: what every TLS stack since 2012 speaks. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Days. Roots stay, so that a machine is told to trust one once; no TLS stack takes a leaf of more than 398. */
const CA_LIFE = 3650;
export const LEAF_LIFE = 397;
/** Days before its end from which an authority signs nothing more that would outlive it. */
const CA_MARGIN = LEAF_LIFE + 1;

const DAY = 86_400_000;

/** A certificate with its private key, both in PEM. */
export interface KeyPair {
  certificate: string;
  privateKey: string;
}

/** A new authority, which may sign server certificates and no further authority. @see RFC 5280 section 4.2.1.9 */
export async function createAuthority(name: string, now: number): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: distinguishedName(name),
    ...validity(now, CA_LIFE),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), privateKey: await privatePem(keys) };
}

/** Whether the authority still lives long enough to sign a certificate of {@link LEAF_LIFE} days. */
export function canSign({ certificate }: KeyPair, now: number): boolean {
  return new x509.X509Certificate(certificate).notAfter.getTime() - now > CA_MARGIN * DAY;
}

/**
 * A server certificate for these host names and IP addresses, signed by the authority.
 *
 * @see RFC 5280 section 4.2.1.6, RFC 9525 section 6
 */
export async function issueServerCertificate(
  authority: KeyPair,
  hosts: readonly [string, ...string[]],
  now: number,
): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await generateKeys();
  const names = hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host }));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: distinguishedName(hosts[0]),
    issuer: issuer.subject,
    ...validity(now, LEAF_LIFE),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importPrivateKey(authority.privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  // The authority goes along, as servers send whole chains; clients that trust it pass over it.
  const chain = `${certificate.toString('pem')}\n${authority.certificate}`;
  return { certificate: chain, privateKey: await privatePem(keys) };
}

function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** An hour back, for clocks that lag. */
function validity(now: number, days: number) {
  return { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + days * DAY) };
}

/** Positive, 127 random bits. @see RFC 5280 section 4.1.2.2 */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(Buffer.alloc(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** A common name holds 64 characters at most; hosts are found by their alternative names. */
function distinguishedName(commonName: string): x509.JsonName {
  return [{ CN: [commonName.slice(0, 64)] }, { O: ['Sallyport development'] }];
}

async function privatePem({ privateKey }: CryptoKeyPair): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
}

function importPrivateKey(pem: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ['sign']);
}
