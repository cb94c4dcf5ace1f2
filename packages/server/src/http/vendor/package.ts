/** Challenges and mechanisms as the vendor's clients read them. protocol 2.2 and 2.3 */
import type { LoginPackage } from '../../core/login/login.js';
import type { Challenge, OfferedMechanism } from '../../core/login/package.js';
import { asksForDevice } from '../../core/login/policy.js';
import type { Tenant } from '../../core/model.js';

/** The only version of the dance. */
export const VERSION = '1.0';

/** The answer to StartAuthentication and StartChallenge. protocol 2.2 */
export function packageResult(step: LoginPackage, tenant: Tenant, recovers: boolean) {
  return {
    ClientHints: {
      PersistDefault: false,
      AllowPersist: true,
      AllowForgotPassword: recovers,
      EndpointAuthenticationEnabled: false,
    },
    Version: VERSION,
    SessionId: step.sessionId,
    EventDescription: null,
    RetryWaitingTime: 0,
    SecurityImageName: null,
    AllowLoginMfaCache: asksForDevice(tenant),
    Challenges: step.challenges.map(wireChallenge),
    Summary: step.summary,
    TenantId: tenant.code,
  };
}

export function wireChallenge({ mechanisms }: Challenge) {
  return { Mechanisms: mechanisms.map(wireMechanism) };
}

/** Where each mechanism shows the hint of its address. */
const ADDRESS_FIELDS: Readonly<Record<string, readonly string[]>> = {
  EMAIL: ['PartialAddress', 'MaskedEmailAddress'],
  SMS: ['PartialDeviceAddress'],
  PF: ['PartialPhoneNumber'],
};

function wireHints({ name, address, questions = [], label, prompt }: OfferedMechanism) {
  const [only] = questions;
  const parts = questions.map(({ id, text }) => ({
    Uuid: id,
    QuestionText: text,
    PromptMechChosen: text,
  }));
  return {
    ...Object.fromEntries((address ? (ADDRESS_FIELDS[name] ?? []) : []).map((field) => [field, address])),
    ...(only ? { Question: questions.length === 1 ? only.text : prompt } : {}),
    ...(only ? { MultipartMechanism: { PromptSelectMech: label, MechanismParts: parts } } : {}),
    ...(name === 'U2F' ? { Type: 'SECURITYKEY' } : {}),
  };
}

/** protocol 2.3 */
function wireMechanism(offered: OfferedMechanism) {
  const { id, name, answerType, label, prompt } = offered;
  return {
    AnswerType: answerType,
    Name: name,
    PromptMechChosen: prompt,
    PromptSelectMech: label,
    MechanismId: id,
    Enrolled: true,
    ...(answerType === 'StartTextOob' ? { UiPrompt: prompt } : {}),
    ...wireHints(offered),
  };
}
