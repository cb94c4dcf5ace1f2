import { z } from 'zod';
import { ApplicationId } from './app.js';
import { RoleName } from './role.js';
import { line } from './text.js';

/** Ways to prove who one is that a profile may name, by the vendor's names where the vendor has one. */
export const MECHANISMS = ['UP', 'OATH', 'EMAIL', 'SQ', 'SMS', 'PF', 'U2F', 'OTP', 'RECOVERY'] as const;
export type MechanismName = (typeof MECHANISMS)[number];

const ProfileName = line(128);

/** Challenges to be met in order, each by any one of its mechanisms. */
export const AuthenticationProfile = z.strictObject({
  name: ProfileName,
  challenges: z
    .array(z.array(z.enum(MECHANISMS)).min(1).max(MECHANISMS.length))
    .min(1)
    .max(4),
});
export type AuthenticationProfile = z.infer<typeof AuthenticationProfile>;

const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'an IP address, or a range such as 10.0.0.0/8',
});

/**
 * Chooses a profile where every list that is not empty holds what the sign-in is, and the device is as said: one that
 * says nothing is for everyone.
 */
export const AuthenticationRule = z.strictObject({
  roles: z.array(RoleName).max(200).default([]),
  apps: z.array(ApplicationId).max(200).default([]),
  networks: z.array(Network).max(200).default([]),
  /** `known` is a browser that this very user has had remembered, after proving more than a password there. */
  device: z.enum(['any', 'known', 'unknown']).default('any'),
  profile: ProfileName,
});
export type AuthenticationRule = z.infer<typeof AuthenticationRule>;

/**
 * How people prove who they are. The first rule that fits chooses; where none does it is the password, and for a user
 * with second factors any one of them.
 */
export const AuthenticationSettings = z.strictObject({
  profiles: z.array(AuthenticationProfile).max(100).default([]),
  rules: z.array(AuthenticationRule).max(200).default([]),
});
export type AuthenticationSettings = z.infer<typeof AuthenticationSettings>;

/** The same as the API answers it. */
export const Authentication = z.object({ ...AuthenticationSettings.shape, version: z.number().int() });
export type Authentication = z.infer<typeof Authentication>;
