import { z } from 'zod';

/** An endpoint behind the gate: what a scope pattern may open. */
export const Endpoint = z.object({
  method: z.string(),
  /** With parameters in braces, as in `/api/v1/users/{user}`. */
  path: z.string(),
});
export type Endpoint = z.infer<typeof Endpoint>;

/** Patterns to try out, and paths to try them on. */
export const PatternTest = z.strictObject({
  patterns: z.array(z.string().max(500)).min(1).max(200),
  paths: z.array(z.string().max(2000)).max(50).default([]),
});
export type PatternTest = z.infer<typeof PatternTest>;

export const PatternTestResult = z.object({
  /** Why a pattern could not be saved. */
  faults: z.array(z.object({ pattern: z.string(), fault: z.string() })),
  /** Endpoints the patterns open together; those with a fault left out. */
  opens: z.array(Endpoint),
  paths: z.array(z.object({ path: z.string(), opened: z.boolean(), fault: z.string().optional() })),
});
export type PatternTestResult = z.infer<typeof PatternTestResult>;

/** An access token that somebody asks about. */
export const TokenQuestion = z.strictObject({ token: z.string().min(1).max(8000) });
export type TokenQuestion = z.infer<typeof TokenQuestion>;

/** What a token is good for now, before its user's rights are asked. Instants are ISO 8601. */
export const TokenAnswer = z.discriminatedUnion('active', [
  z.object({ active: z.literal(false), reason: z.string() }),
  z.object({
    active: z.literal(true),
    loginName: z.string(),
    clientId: z.string(),
    applicationId: z.string(),
    scope: z.array(z.string()),
    expiresAt: z.string(),
    opens: z.array(Endpoint),
  }),
]);
export type TokenAnswer = z.infer<typeof TokenAnswer>;
