/**
 * Passkeys and security keys: made, kept, and checked by the library. The public key is sealed like any other
 * credential, though it is none of the secrets. @see Web Authentication Level 3
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { newId } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';
import type { Factor, User } from '../model.js';
import type { Store } from '../ports.js';
import type { Urls } from '../urls.js';
import { sealContext } from './factors.js';

export const PASSKEY_MECHANISM = 'U2F';

const Credential = z.object({ id: z.string(), publicKey: z.string(), transports: z.array(z.string()) });
type Credential = z.infer<typeof Credential>;

/** What is read of a browser's answer before the library judges it. */
const Assertion = z.looseObject({
  id: z.string(),
  response: z.looseObject({ userHandle: z.string().optional() }),
});

export interface Passkeys {
  /** False where browsers know no passkeys: the public URL names an address. */
  readonly areUsable: boolean;
  creationOptions(
    user: User,
    tenantName: string,
    present: readonly Factor[],
  ): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** The factor that a browser's answer to `challenge` stands for; null when it stands for none. */
  created(user: User, challenge: string, response: unknown, now: number): Promise<Factor | null>;
  /** Whether one of `present` holds the credential of `made`. */
  isKnown(made: Factor, present: readonly Factor[]): boolean;
  /** For the factors of one user, or for whoever the browser knows. */
  requestOptions(factors: readonly Factor[] | null): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** The id of the user whom a discoverable credential names; null when it names none. */
  userIdIn(answer: string): string | null;
  /** Whether `answer` answers `challenge` by one of the factors. `verified`: the device must have verified its user. */
  proves(factors: readonly Factor[], answer: string, challenge: string, verified: boolean): Promise<boolean>;
}

export function createPasskeys(deps: { vault: Vault; urls: Urls; store: Pick<Store, 'write'> }): Passkeys {
  const { vault, urls, store } = deps;
  const { hostname: rpID } = new URL(urls.publicUrl);
  const library = () => import('@simplewebauthn/server');

  function credentialOf(factor: Factor): Credential {
    return Credential.parse(JSON.parse(vault.open(factor.sealed, sealContext(factor.id))));
  }

  function descriptors(factors: readonly Factor[]) {
    return factors
      .filter(({ mechanism }) => mechanism === PASSKEY_MECHANISM)
      .map((factor) => ({ id: credentialOf(factor).id }));
  }

  return {
    areUsable: !ipaddr.isValid(rpID.replace(/^\[|\]$/g, '')),
    async creationOptions(user, tenantName, present) {
      const { generateRegistrationOptions } = await library();
      return generateRegistrationOptions({
        rpName: tenantName,
        rpID,
        userID: new TextEncoder().encode(user.id),
        userName: user.loginName,
        userDisplayName: user.displayName,
        attestationType: 'none',
        excludeCredentials: descriptors(present),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
      });
    },
    async created(user, challenge, response, now) {
      const { verifyRegistrationResponse } = await library();
      const judged = await verifyRegistrationResponse({
        response: response as Parameters<typeof verifyRegistrationResponse>[0]['response'],
        expectedChallenge: challenge,
        expectedOrigin: urls.publicUrl,
        expectedRPID: rpID,
        requireUserVerification: false,
      }).catch(() => null);
      if (!judged?.verified) return null;
      const { id: credentialId, publicKey, transports = [], counter } = judged.registrationInfo.credential;
      const stored: Credential = {
        id: credentialId,
        publicKey: Buffer.from(publicKey).toString('base64url'),
        transports,
      };
      const id = newId();
      return {
        ...{ tenantId: user.tenantId, id, userId: user.id, mechanism: PASSKEY_MECHANISM },
        sealed: vault.seal(JSON.stringify(stored), sealContext(id)),
        lastStep: counter,
        createdAt: now,
      };
    },
    isKnown: (made, present) => descriptors(present).some(({ id }) => id === credentialOf(made).id),
    async requestOptions(factors) {
      const { generateAuthenticationOptions } = await library();
      return generateAuthenticationOptions({
        rpID,
        userVerification: factors === null ? 'required' : 'preferred',
        ...(factors === null ? {} : { allowCredentials: descriptors(factors) }),
      });
    },
    userIdIn(answer) {
      const handle = assertionIn(answer)?.response.userHandle;
      return handle === undefined ? null : Buffer.from(handle, 'base64url').toString('utf8');
    },
    async proves(factors, answer, challenge, verified) {
      const assertion = assertionIn(answer);
      const factor = factors.find(
        (one) => one.mechanism === PASSKEY_MECHANISM && credentialOf(one).id === assertion?.id,
      );
      if (!assertion || !factor || challenge === '') return false;
      const { id, publicKey } = credentialOf(factor);
      const { verifyAuthenticationResponse } = await library();
      const judged = await verifyAuthenticationResponse({
        response: assertion as unknown as AuthenticationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: urls.publicUrl,
        expectedRPID: rpID,
        credential: { id, publicKey: Buffer.from(publicKey, 'base64url'), counter: factor.lastStep },
        requireUserVerification: verified,
      }).catch(() => null);
      if (!judged?.verified) return false;
      const { newCounter } = judged.authenticationInfo;
      // Synchronised passkeys do not count; one that does must go up, or it was copied.
      return (
        newCounter === 0 || store.write((tx) => tx.factors.useStep(factor.tenantId, factor.id, newCounter))
      );
    },
  };
}

function assertionIn(answer: string): z.infer<typeof Assertion> | null {
  try {
    return Assertion.safeParse(JSON.parse(answer)).data ?? null;
  } catch {
    return null;
  }
}
