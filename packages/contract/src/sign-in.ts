import { z } from 'zod';
import { ApplicationId } from './app.js';
import { AuthenticationSettings, MECHANISMS } from './authentication.js';

/** Why nobody can meet a mechanism here: mail, or the gateway for texts and calls, is not set up; or no name is served. */
export const MECHANISM_NEEDS = ['mail', 'gateway', 'name'] as const;

/** How far a mechanism can be used at this server. */
export const MechanismState = z.object({
  name: z.enum(MECHANISMS),
  /** What it lacks; null when it can be used. */
  needs: z.enum(MECHANISM_NEEDS).nullable(),
  /** How many users have enrolled it; null where there is nothing to enrol. */
  enrolled: z.number().int().nullable(),
});
export type MechanismState = z.infer<typeof MechanismState>;

/** Which profile would a sign-in meet? With `settings`, as if they were saved. */
export const SignInQuestion = z.strictObject({
  /** An id, or a login name. */
  user: z.string().min(1).max(254),
  /** The app that is signed in to; null for the portals. */
  app: ApplicationId.nullable().default(null),
  /** Where the sign-in comes from; the source of the request when absent. */
  source: z.union([z.ipv4(), z.ipv6()], { error: 'an IP address' }).optional(),
  /** Whether on a device that this user has had remembered. */
  device: z.enum(['known', 'unknown']).default('unknown'),
  settings: AuthenticationSettings.optional(),
});
export type SignInQuestion = z.infer<typeof SignInQuestion>;

/** What a rule asks for that a sign-in is not. */
export const MISFITS = ['roles', 'apps', 'networks', 'device'] as const;

export const SignInForecast = z.object({
  user: z.object({ id: z.string(), loginName: z.string(), displayName: z.string(), enabled: z.boolean() }),
  source: z.string(),
  /** For each rule up to the one that chooses, what keeps it from fitting; null for the one that chooses. */
  rules: z.array(z.enum(MISFITS).nullable()),
  /** The profile chosen by a rule; null when the default holds. */
  profile: z.string().nullable(),
  /** What is asked for, in order, and whether the user could meet it now. */
  challenges: z.array(z.array(z.object({ mechanism: z.string(), open: z.boolean() }))),
  /** Whether every challenge can be met. */
  canSignIn: z.boolean(),
  /** Whether a role of the user opens the app; true for the portals. */
  mayUseApp: z.boolean(),
});
export type SignInForecast = z.infer<typeof SignInForecast>;

/** Somewhere to sign in to. */
export const SignInPlace = z.object({
  /** Null for the portals. */
  applicationId: z.string().nullable(),
  name: z.string(),
  /** Where this holds alone; empty for anywhere. */
  networks: z.array(z.string()),
});
export type SignInPlace = z.infer<typeof SignInPlace>;

/** What one second factor is needed for. */
export const FactorOutlook = z.object({
  factorId: z.string(),
  /** Places that close when it is lost and still stands with the user. */
  ifLost: z.array(SignInPlace),
  /** Places that close when it is removed: those whose rules ask for it. */
  ifRemoved: z.array(SignInPlace),
  /** What opens the portals in its place, beside the password. */
  instead: z.array(z.string()),
  /** Whether the password alone opens the portals once it is removed. */
  leavesPasswordAlone: z.boolean(),
});
export type FactorOutlook = z.infer<typeof FactorOutlook>;

/** How a user can sign in, and what each second factor is needed for. */
export const SignInOutlook = z.object({
  /** Mechanisms that can be enrolled at this server. */
  enrollable: z.array(z.string()),
  /** Places that the user cannot sign in to as it is. */
  closed: z.array(SignInPlace),
  factors: z.array(FactorOutlook),
});
export type SignInOutlook = z.infer<typeof SignInOutlook>;

/** A sign-in on another device that waits for its user to approve it. */
export const WaitingSignIn = z.object({
  id: z.string(),
  source: z.string(),
  userAgent: z.string(),
  startedAt: z.string(),
  /** What may be typed there instead of the number here. */
  code: z.string().nullable(),
});
export type WaitingSignIn = z.infer<typeof WaitingSignIn>;

/** `number` is what the other device shows; any other number denies, and there is no second guess. */
export const ApprovalDecision = z.union(
  [
    z.strictObject({ decision: z.literal('approve'), number: z.string().regex(/^\d{2}$/, 'two digits') }),
    z.strictObject({ decision: z.literal('deny') }),
  ],
  { error: '"approve" with the two digits of "number", or "deny"' },
);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;

export const ApprovalOutcome = z.object({ outcome: z.enum(['approved', 'denied']) });
export type ApprovalOutcome = z.infer<typeof ApprovalOutcome>;
