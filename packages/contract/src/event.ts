import { z } from 'zod';
import { PageQuery } from './text.js';

/** What the audit log tells apart. */
export const AUDIT_TYPES = [
  'login.success',
  'login.failure',
  'login.challenge',
  'logout',
  'logout.undelivered',
  'authorize.denied',
  'consent.allowed',
  'consent.denied',
  'token.issued',
  'token.denied',
  'token.revoked',
  'token.reuse',
  'call.denied',
] as const;
export type AuditType = (typeof AUDIT_TYPES)[number];

/** The types that count as a denial. */
export const DENIALS: readonly AuditType[] = [
  'login.failure',
  'authorize.denied',
  'consent.denied',
  'token.denied',
  'token.reuse',
  'call.denied',
];

/** One entry of the audit log: a sign-in, a token or a denial. Instants are ISO 8601. */
export const AuditEvent = z.object({
  id: z.string(),
  at: z.string(),
  type: z.string(),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
  appId: z.string().nullable(),
  clientId: z.string().nullable(),
  source: z.string(),
  correlationId: z.string(),
  /** Why: which check, which rule. Never a secret. */
  detail: z.string(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** Query of the audit log: a page, of the types named with commas between them, or of all. */
export const EventQuery = z.object({
  ...PageQuery.shape,
  type: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(AUDIT_TYPES)))
    .optional(),
});

/** What happened in the last day, hour by hour, the oldest first. */
export const Activity = z.object({
  hours: z.array(
    z.object({
      /** When the hour begins, ISO 8601. */
      at: z.string(),
      signIns: z.number().int(),
      tokens: z.number().int(),
      denials: z.number().int(),
    }),
  ),
});
export type Activity = z.infer<typeof Activity>;
