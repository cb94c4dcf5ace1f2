import { createDeviceApproval } from './device-approval.js';
import { createEmail } from './email.js';
import type { Mechanism, MechanismDeps } from './mechanism.js';
import { createPasskey } from './passkey.js';
import { createPassword } from './password.js';
import { createPhoneCall, createTextMessage } from './phone.js';
import { createRecoveryCode } from './recovery-code.js';
import { createReset } from './reset.js';
import { createSecurityQuestions } from './security-questions.js';
import { createTotp } from './totp.js';

/** Every mechanism there is; the names on the wire are theirs. */
const MECHANISMS = [
  createPassword,
  createTotp,
  createPasskey,
  createEmail,
  createTextMessage,
  createPhoneCall,
  createSecurityQuestions,
  createDeviceApproval,
  createRecoveryCode,
  createReset,
];

/** The mechanisms by name. */
export function createMechanisms(deps: MechanismDeps): ReadonlyMap<string, Mechanism> {
  const made = MECHANISMS.map((create) => create(deps));
  return new Map(made.map((mechanism) => [mechanism.name, mechanism]));
}
