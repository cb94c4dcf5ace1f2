import { z } from 'zod';
import { ApplicationId } from './app.js';

/** A client that may act for a user now: what its code, refresh and access tokens hang on. */
export const Grant = z.object({
  id: z.string(),
  applicationId: z.string(),
  appName: z.string(),
  clientId: z.string(),
  scope: z.array(z.string()),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type Grant = z.infer<typeof Grant>;

/** A consent that is remembered, so that the user is not asked again. */
export const Consent = z.object({
  applicationId: z.string(),
  appName: z.string(),
  clientId: z.string(),
  scope: z.array(z.string()),
  grantedAt: z.string(),
});
export type Consent = z.infer<typeof Consent>;

/** Names one consent. In a query, since a client id may hold any character. */
export const ConsentKey = z.object({ applicationId: ApplicationId, clientId: z.string().min(1).max(1000) });
