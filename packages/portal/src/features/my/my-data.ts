/** What belongs to the signed-in user, beside sessions and permissions. */
import {
  type AddressEnrolment,
  type AddressOffer,
  AddressTicket,
  Factor,
  OwnApp,
  type PasskeyEnrolment,
  PasskeyOffer,
  type PasswordChange,
  type PhoneEnrolment,
  type PhoneOffer,
  PhoneTicket,
  type QuestionsEnrolment,
  RecoveryCodes,
  type TotpEnrolment,
  TotpOffer,
} from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, path } from '../../api.js';

export const myAppsQuery = queryOptions({
  queryKey: ['me', 'apps'],
  queryFn: () => api.list('/me/apps', OwnApp),
  select: (apps) => apps.toSorted((a, b) => a.name.localeCompare(b.name)),
});

export const myFactorsQuery = queryOptions({
  queryKey: ['me', 'factors'],
  queryFn: () => api.list('/me/factors', Factor),
});

/** A new secret each time it is asked for; the server keeps nothing. */
export const totpOfferQuery = queryOptions({
  queryKey: ['totp-offer'],
  queryFn: async () => (await api.write('POST', '/me/factors/totp/offer', TotpOffer, undefined)).value,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
});

export const enrolTotp = (enrolment: TotpEnrolment) =>
  api.write('POST', '/me/factors/totp', Factor, enrolment);

export async function offerPasskey(password: string): Promise<PasskeyOffer> {
  return (await api.write('POST', '/me/factors/passkey/offer', PasskeyOffer, { password })).value;
}

export const enrolPasskey = (enrolment: PasskeyEnrolment) =>
  api.write('POST', '/me/factors/passkey', Factor, enrolment);

export const enrolQuestions = (enrolment: QuestionsEnrolment) =>
  api.write('POST', '/me/factors/questions', Factor, enrolment);

/** Has a code sent to the number; answers what stands for it until the code comes back. */
export async function offerPhone(offer: PhoneOffer): Promise<string> {
  return (await api.write('POST', '/me/factors/phone/offer', PhoneTicket, offer)).value.ticket;
}

export const enrolPhone = (enrolment: PhoneEnrolment) =>
  api.write('POST', '/me/factors/phone', Factor, enrolment);

/** Mails a code to the address; answers what stands for it until the code comes back. */
export async function offerAddress(offer: AddressOffer): Promise<string> {
  return (await api.write('POST', '/me/email/offer', AddressTicket, offer)).value.ticket;
}

export const changeAddress = (enrolment: AddressEnrolment) =>
  api.act('POST', '/me/email', { body: enrolment });

/** Ends the codes from before. */
export async function newRecoveryCodes(password: string): Promise<string[]> {
  return (await api.write('POST', '/me/factors/recovery-codes', RecoveryCodes, { password })).value.codes;
}

export const removeMyFactor = (id: string, password: string) =>
  api.act('POST', `/me/factors${path(id)}/remove`, { body: { password } });

export const changeMyPassword = (change: PasswordChange) => api.act('PUT', '/me/password', { body: change });
