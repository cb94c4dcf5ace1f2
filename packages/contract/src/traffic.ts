/** Recorded traffic: what is recorded, the flows it made, and why each step came to what it came to. */
import { z } from 'zod';
import { AuditEvent } from './event.js';
import { lifetime } from './lifetime.js';
import { line, PageQuery } from './text.js';

export const RECORDING_KINDS = ['app', 'client', 'user'] as const;
export type RecordingKind = (typeof RECORDING_KINDS)[number];

/** Switches recording on for a bounded time. */
export const RecordingInput = z.strictObject({
  kind: z.enum(RECORDING_KINDS),
  /** An Application ID, a client id, or a user's login name or id. */
  subject: line(254),
  /** How long to record. */
  duration: lifetime('1m', '1d').default('15m'),
  /** How long what was recorded is kept after that. */
  keepFor: lifetime('1m', '30d').default('1d'),
});
export type RecordingInput = z.infer<typeof RecordingInput>;

/** Instants are ISO 8601. */
export const Recording = z.object({
  id: z.string(),
  kind: z.enum(RECORDING_KINDS),
  /** The Application ID, the client id, or the user's id. */
  subject: z.string(),
  /** The subject's name for people. */
  name: z.string(),
  startedBy: z.string(),
  startedAt: z.string(),
  endsAt: z.string(),
  /** When the recording and everything in it is gone. */
  expiresAt: z.string(),
  active: z.boolean(),
  /** How many flows are in it. */
  flows: z.number().int(),
  /** Whether it holds as much as a recording may, so that nothing more comes in. */
  full: z.boolean(),
});
export type Recording = z.infer<typeof Recording>;

/**
 * What the server looks at, each with the document that asks for it; null where that is Sallyport's own rule. The
 * portal has the words.
 */
export const TRAFFIC_CHECKS = {
  app: 'RFC 6749 section 3',
  client: 'RFC 6749 section 2.2',
  clientProof: 'RFC 6749 section 2.3',
  redirect: 'RFC 9700 section 2.1',
  parameters: 'RFC 6749 section 3.1',
  pushed: 'RFC 9126 section 5',
  responseType: 'RFC 6749 section 3.1.1',
  pkceChallenge: 'RFC 7636 section 4.4',
  pkceVerifier: 'RFC 7636 section 4.6',
  nonce: 'OpenID Connect Core 1.0 section 3.2.2.1',
  scope: 'RFC 6749 section 3.3',
  waiting: null,
  signIn: 'OpenID Connect Core 1.0 section 3.1.2.3',
  challenge: null,
  session: null,
  access: null,
  profile: null,
  consent: 'OpenID Connect Core 1.0 section 3.1.2.4',
  grantType: 'RFC 6749 section 5.2',
  code: 'RFC 6749 section 4.1.3',
  refreshToken: 'RFC 6749 section 6',
  password: 'RFC 6749 section 4.3',
  issued: 'RFC 6749 section 5.1',
  revoked: 'RFC 7009 section 2',
  bearer: 'RFC 6750 section 3.1',
  scopeOpens: 'RFC 6750 section 3.1',
  rights: null,
  crossSite: null,
  rate: 'RFC 6585 section 4',
} as const satisfies Record<string, string | null>;
export type TrafficCheckName = keyof typeof TRAFFIC_CHECKS;
export const TRAFFIC_CHECK_NAMES = Object.keys(TRAFFIC_CHECKS) as [TrafficCheckName, ...TrafficCheckName[]];

/** `needed`: nothing is wrong, but something must come first, as a sign-in or consent. */
export const CHECK_OUTCOMES = ['passed', 'needed', 'refused'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

export const TrafficCheck = z.object({
  check: z.enum(TRAFFIC_CHECK_NAMES),
  outcome: z.enum(CHECK_OUTCOMES),
  /** What was found, for the operator. Never a secret. */
  detail: z.string(),
  reference: z.string().nullable(),
});
export type TrafficCheck = z.infer<typeof TrafficCheck>;

/** What would let it through: a setting of the app, something of the user's, or the program itself. */
export const REMEDIES = [
  'appEnabled',
  'clientIdType',
  'redirects',
  'requirePar',
  'requireDpop',
  'admitOldClients',
  'authMethods',
  'issueRefreshTokens',
  'codeLifetime',
  'refreshTokenLifetime',
  'scopes',
  'userAccess',
  'clientSecret',
  'confidentialClient',
  'userEnabled',
  'userPassword',
  'userLock',
  'userFactors',
  'roleRights',
  'program',
] as const;
export type RemedyName = (typeof REMEDIES)[number];

export const Remedy = z.object({
  remedy: z.enum(REMEDIES),
  /** The app whose setting it is, when known. */
  applicationId: z.string().nullable(),
  /** The user, or the confidential client, whose setting it is, when known. */
  userId: z.string().nullable(),
});
export type Remedy = z.infer<typeof Remedy>;

const Headers = z.array(z.object({ name: z.string(), value: z.string() }));

export const STEP_KINDS = [
  'authorize',
  'confirm',
  'login',
  'start',
  'advance',
  'token',
  'introspect',
  'revoke',
  'push',
  'userinfo',
  'endSession',
  'oauth',
  'call',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** One request and its answer, secrets masked before they were kept. */
export const TrafficStep = z.object({
  id: z.string(),
  /** When the request came. */
  at: z.string(),
  /** Milliseconds until the answer was out. */
  duration: z.number(),
  kind: z.enum(STEP_KINDS),
  /** Who asked: the user's browser, or the client program. */
  lane: z.enum(['browser', 'client']),
  correlationId: z.string(),
  failed: z.boolean(),
  /** In the order in which they were made. */
  checks: z.array(TrafficCheck),
  /** Of a step that failed: what to change. */
  remedy: Remedy.nullable(),
  request: z.object({ method: z.string(), url: z.string(), headers: Headers, body: z.string() }),
  response: z.object({ status: z.number().int(), headers: Headers, body: z.string() }),
});
export type TrafficStep = z.infer<typeof TrafficStep>;

/** Steps that belong together: one sign-in and the tokens and calls that came of it. */
export const TrafficFlow = z.object({
  id: z.string(),
  recordingId: z.string(),
  startedAt: z.string(),
  updatedAt: z.string(),
  expiresAt: z.string(),
  applicationId: z.string().nullable(),
  clientId: z.string().nullable(),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
  stepCount: z.number().int(),
  /** The kind of its first step and of its last. */
  first: z.enum(STEP_KINDS),
  last: z.enum(STEP_KINDS),
  /** The step that failed, unless a later one of its kind went well. */
  failedStep: z.string().nullable(),
  /** Whether more steps came than a flow keeps. */
  truncated: z.boolean(),
  /** The page that shows it, to whoever signs in with the right to see it. */
  link: z.string(),
});
export type TrafficFlow = z.infer<typeof TrafficFlow>;

export const TrafficFlowDetail = z.object({ ...TrafficFlow.shape, steps: z.array(TrafficStep) });
export type TrafficFlowDetail = z.infer<typeof TrafficFlowDetail>;

/** Query of the flows: a page, of one recording or app, of the failed ones alone. */
export const FlowQuery = z.object({
  ...PageQuery.shape,
  recording: line(64).optional(),
  applicationId: line(64).optional(),
  failed: z.stringbool().optional(),
});
export type FlowQuery = z.infer<typeof FlowQuery>;

/** An audit event with what refused and what to change. */
export const ExplainedEvent = z.object({
  ...AuditEvent.shape,
  check: TrafficCheck.nullable(),
  remedy: Remedy.nullable(),
});
export type ExplainedEvent = z.infer<typeof ExplainedEvent>;

/** What is known of one request, by the reference on its error page. */
export const Explanation = z.object({
  correlationId: z.string(),
  /** Where it was recorded. */
  flow: z.object({ id: z.string(), stepId: z.string() }).nullable(),
  /** What the audit log has of it, oldest first. */
  events: z.array(ExplainedEvent),
});
export type Explanation = z.infer<typeof Explanation>;

const NameValue = z.object({ name: z.string(), value: z.string() });
const HarMessage = {
  httpVersion: z.string(),
  cookies: z.array(NameValue),
  headers: z.array(NameValue),
  headersSize: z.number(),
  bodySize: z.number(),
};

/** An HTTP Archive of version 1.2. @see http://www.softwareishard.com/blog/har-12-spec/ */
export const HttpArchive = z.object({
  log: z.object({
    version: z.literal('1.2'),
    creator: z.object({ name: z.string(), version: z.string() }),
    entries: z.array(
      z.object({
        startedDateTime: z.string(),
        time: z.number(),
        request: z.object({
          method: z.string(),
          url: z.string(),
          ...HarMessage,
          queryString: z.array(NameValue),
          postData: z.object({ mimeType: z.string(), text: z.string() }).optional(),
        }),
        response: z.object({
          status: z.number(),
          statusText: z.string(),
          ...HarMessage,
          redirectURL: z.string(),
          content: z.object({ size: z.number(), mimeType: z.string(), text: z.string() }),
        }),
        cache: z.object({}),
        timings: z.object({ send: z.number(), wait: z.number(), receive: z.number() }),
        comment: z.string(),
      }),
    ),
  }),
});
export type HttpArchive = z.infer<typeof HttpArchive>;
