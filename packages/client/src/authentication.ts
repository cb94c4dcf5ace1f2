/**
 * The two calls of an interactive sign-in, StartAuthentication and AdvanceAuthentication, as the vendor's clients
 * make them. `login` drives them; a program with an interface of its own may call them itself.
 */
import { NATIVE_CLIENT_HEADERS } from './call.js';
import { normalizeEndpoint } from './endpoint.js';
import { LoginError, UnexpectedResponseError } from './errors.js';
import { type Answer, exchange, type HttpOptions } from './http.js';
import { isObject, type JsonObject, parseJson, textOf } from './json.js';
import { readRefusal } from './refusal.js';

/** One way to meet a challenge. Texts are null where the server gave none. */
export interface Mechanism {
  readonly id: string;
  /** The protocol's name, such as `UP` for the password or `OATH` for a time-based code. */
  readonly name: string;
  /** `Text`: answered at once. `StartTextOob`: started, then answered or met elsewhere. `StartOob`: met elsewhere. */
  readonly answerType: string;
  /** What to ask once this mechanism is chosen. */
  readonly prompt: string;
  /** What to call it in a list, with the masked address it goes to. */
  readonly label: string;
  /** The parts of a challenge with several questions; its answer is an object by part id. */
  readonly parts: readonly { readonly id: string; readonly question: string }[];
  /** As it came, for what is not named above (images, for one). */
  readonly raw: JsonObject;
}

/** Where a sign-in stands after a call. */
export interface AuthenticationStep {
  /** `NewPackage`, `StartNextChallenge`, `OobPending`, `LoginSuccess` or another word of the server's. */
  readonly summary: string;
  readonly sessionId: string | null;
  readonly tenantId: string | null;
  /** Each is met by one of its mechanisms, in order. */
  readonly challenges: readonly (readonly Mechanism[])[];
  /** A word for the user, if there is one. */
  readonly message: string | null;
  /** A number to compare with the one on the other device. */
  readonly displayNumber: string | null;
  /** Another host that serves this user. */
  readonly podFqdn: string | null;
  /** The whole `Result`. Of a success it holds `Auth`, which is a secret. */
  readonly result: JsonObject;
}

export interface StartAuthenticationRequest {
  /** Login name with its suffix. */
  readonly user: string;
  readonly tenantId?: string;
}

export interface AdvanceAuthenticationRequest {
  readonly sessionId: string;
  readonly tenantId: string | null;
  readonly mechanismId: string;
  readonly action: 'Answer' | 'StartOOB' | 'Poll';
  /** With `Answer`: a text, or an object by part id. */
  readonly answer?: string | Readonly<Record<string, string>>;
}

/**
 * Opens a sign-in.
 *
 * @throws LoginError when the server refuses, and the errors of {@link exchange}
 */
export async function startAuthentication(
  endpoint: string,
  request: StartAuthenticationRequest,
  options?: HttpOptions,
): Promise<AuthenticationStep> {
  const { user, tenantId } = request;
  const body = { ...(tenantId !== undefined && { TenantId: tenantId }), User: user, Version: '1.0' };
  return processAuthentication(await post(endpoint, '/Security/StartAuthentication', body, options));
}

/**
 * Takes a sign-in one step on. A refusal voids the whole sign-in.
 *
 * @throws LoginError when the answer was wrong, and the errors of {@link exchange}
 */
export async function advanceAuthentication(
  endpoint: string,
  request: AdvanceAuthenticationRequest,
  options?: HttpOptions,
): Promise<AuthenticationStep> {
  const { sessionId, tenantId, mechanismId, action, answer } = request;
  const body = {
    ...(tenantId !== null && { TenantId: tenantId }),
    SessionId: sessionId,
    MechanismId: mechanismId,
    Action: action,
    ...(answer !== undefined && { Answer: answer }),
  };
  return processAuthentication(await post(endpoint, '/Security/AdvanceAuthentication', body, options));
}

function post(endpoint: string, path: string, body: object, options?: HttpOptions): Promise<Answer> {
  const url = normalizeEndpoint(endpoint) + path;
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    ...NATIVE_CLIENT_HEADERS,
  };
  return exchange({ method: 'POST', url, headers, body: JSON.stringify(body) }, options);
}

function processAuthentication(answer: Answer): AuthenticationStep {
  const envelope = parseJson(answer.body);
  if (!isObject(envelope) || typeof envelope.success !== 'boolean') throw readRefusal(answer);
  const result = isObject(envelope.Result) ? envelope.Result : {};
  if (!envelope.success) {
    const message = textOf(envelope.Message) ?? 'the sign-in was refused';
    throw new LoginError(answer.redact(message), textOf(result.Summary));
  }
  return {
    summary: textOf(result.Summary) ?? '',
    sessionId: textOf(result.SessionId),
    tenantId: textOf(result.TenantId),
    challenges: readChallenges(result.Challenges),
    message: textOf(result.ClientMessage),
    displayNumber: displayNumberOf(result.GeneratedAuthValue),
    podFqdn: textOf(result.PodFqdn),
    result,
  };
}

function displayNumberOf(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : textOf(value);
}

function readChallenges(value: unknown): Mechanism[][] {
  if (!Array.isArray(value)) return [];
  return value.map((challenge: unknown) => {
    const mechanisms = isObject(challenge) ? challenge.Mechanisms : undefined;
    if (!Array.isArray(mechanisms) || mechanisms.length === 0) {
      throw new UnexpectedResponseError('a challenge offers no mechanism');
    }
    return mechanisms.map(readMechanism);
  });
}

function readMechanism(value: unknown): Mechanism {
  const raw = isObject(value) ? value : {};
  const [id, name, answerType] = [raw.MechanismId, raw.Name, raw.AnswerType].map(textOf);
  if (!id || !name || !answerType)
    throw new UnexpectedResponseError('a mechanism lacks id, name or answer type');
  const label = textOf(raw.PromptSelectMech) ?? labelOf(name, raw);
  const prompt = textOf(raw.PromptMechChosen) ?? textOf(raw.Question) ?? textOf(raw.UiPrompt) ?? label;
  return { id, name, answerType, prompt, label, parts: readParts(raw.MultipartMechanism), raw };
}

function readParts(value: unknown): Mechanism['parts'] {
  const parts = isObject(value) && Array.isArray(value.MechanismParts) ? value.MechanismParts : [];
  return parts.filter(isObject).map((part) => ({
    id: textOf(part.Uuid) ?? '',
    question: textOf(part.QuestionText) ?? textOf(part.PromptMechChosen) ?? '',
  }));
}

const LABELS: Readonly<Record<string, string>> = {
  UP: 'Password',
  SQ: 'Security question',
  OTP: 'Mobile authenticator',
  OATH: 'Authenticator code',
  EMAIL: 'Email',
  SMS: 'Text message',
  PF: 'Phone call',
  QR: 'QR code',
  RESET: 'New password',
};

/** For servers that send no label: the mechanism in words, and the masked address it goes to. */
function labelOf(name: string, raw: JsonObject): string {
  const addresses = [
    raw.PartialAddress,
    raw.MaskedEmailAddress,
    raw.PartialDeviceAddress,
    raw.PartialPhoneNumber,
  ];
  const address = addresses.map(textOf).find((each) => each !== null);
  const label = LABELS[name.toUpperCase()] ?? name;
  return address === undefined ? label : `${label} (${address})`;
}
