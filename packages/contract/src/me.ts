import { z } from 'zod';
import { ApplicationId } from './app.js';
import { RIGHTS } from './role.js';
import { line } from './text.js';
import { Email, Password, TotpSecret, User } from './user.js';

/** The signed-in user, with what they may administer. */
export const Me = z.object({
  user: User,
  rights: z.array(z.enum(RIGHTS)),
  tenant: z.object({ name: z.string() }),
  /** Whether sign-ins on other devices may be approved here: only where more than a password was proved. */
  mayApprove: z.boolean(),
});
export type Me = z.infer<typeof Me>;

/** An app that the signed-in user may use. Its description is for administrators. */
export const OwnApp = z.object({
  applicationId: ApplicationId,
  name: z.string(),
  category: z.string(),
  /** Address of its logo, a PNG. */
  logo: z.string().nullable(),
});
export type OwnApp = z.infer<typeof OwnApp>;

/** What people may change of their own profile. */
export const ProfilePatch = z.strictObject({ displayName: line(256) }).partial();
export type ProfilePatch = z.infer<typeof ProfilePatch>;

/** A change of one's own password. It signs out everywhere else and ends what clients may do. */
export const PasswordChange = z.strictObject({ oldPassword: Password, newPassword: Password });
export type PasswordChange = z.infer<typeof PasswordChange>;

/** A mail address to be proved by a code that is mailed to it. */
export const AddressOffer = z.strictObject({ password: Password, email: Email });
export type AddressOffer = z.infer<typeof AddressOffer>;

/** Stands for the address until its code comes back; good for ten minutes. */
export const AddressTicket = z.object({ ticket: z.string().max(2000) });
export type AddressTicket = z.infer<typeof AddressTicket>;

export const AddressEnrolment = z.strictObject({ ...AddressTicket.shape, code: z.string().max(20) });
export type AddressEnrolment = z.infer<typeof AddressEnrolment>;

/** Changing one's own factors asks for the password again. */
export const Reauthentication = z.strictObject({ password: Password });

/** A new shared secret for an authenticator app; not enrolled before one of its codes came back. */
export const TotpOffer = z.object({
  secret: TotpSecret,
  uri: z.string(),
  /** The URI as a QR code: its rows from the top, each one character per module, `1` where it is dark. */
  qr: z.array(z.string().regex(/^[01]+$/)),
});
export type TotpOffer = z.infer<typeof TotpOffer>;

export const TotpEnrolment = z.strictObject({
  password: Password,
  secret: TotpSecret,
  code: z.string().regex(/^\d{6}$/, 'six digits'),
});
export type TotpEnrolment = z.infer<typeof TotpEnrolment>;

/** Security questions, as one set: a new set replaces the old one, and every one of them is asked. */
export const QuestionsEnrolment = z.strictObject({
  password: Password,
  questions: z
    .array(z.strictObject({ question: line(200, 5), answer: line(200, 3) }))
    .min(3)
    .max(5),
});
export type QuestionsEnrolment = z.infer<typeof QuestionsEnrolment>;

/** New recovery codes, shown this once; those from before are worth nothing any more. */
export const RecoveryCodes = z.object({ codes: z.array(z.string()) });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

/** A telephone number to be proved by a code that is sent to it. */
export const PhoneOffer = z.strictObject({
  password: Password,
  /** `SMS` for codes by text message, `PF` for calls. */
  mechanism: z.enum(['SMS', 'PF']),
  number: z.string().regex(/^\+[1-9]\d{6,14}$/, 'an international number, as +4915112345678'),
});
export type PhoneOffer = z.infer<typeof PhoneOffer>;

/** Stands for the number until its code comes back; good for ten minutes. */
export const PhoneTicket = z.object({ ticket: z.string().max(2000) });
export type PhoneTicket = z.infer<typeof PhoneTicket>;

export const PhoneEnrolment = z.strictObject({ ...PhoneTicket.shape, code: z.string().max(20) });
export type PhoneEnrolment = z.infer<typeof PhoneEnrolment>;

/** What a browser needs to make a passkey, and what stands for the offer until its answer comes back. */
export const PasskeyOffer = z.object({
  ticket: z.string().max(2000),
  /** @see Web Authentication section 5.4 */
  options: z.record(z.string(), z.unknown()),
});
export type PasskeyOffer = z.infer<typeof PasskeyOffer>;

export const PasskeyEnrolment = z.strictObject({
  ticket: z.string().max(2000),
  /** What its owner calls it, to tell it from others. */
  name: line(64).optional(),
  /** The browser's answer, as `PublicKeyCredential.toJSON()` writes it. */
  response: z.record(z.string(), z.unknown()),
});
export type PasskeyEnrolment = z.infer<typeof PasskeyEnrolment>;
