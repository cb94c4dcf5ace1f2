/** Authentication profiles and rules as the API has them. */
import {
  Authentication,
  type AuthenticationSettings,
  MechanismState,
  SignInForecast,
  type SignInQuestion,
} from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api.js';

export const authenticationQuery = queryOptions({
  queryKey: ['authentication'],
  queryFn: () => api.read('/authentication', Authentication),
});

export const mechanismsQuery = queryOptions({
  queryKey: ['authentication', 'mechanisms'],
  queryFn: () => api.list('/authentication/mechanisms', MechanismState),
});

export const saveAuthentication = (settings: AuthenticationSettings, etag: string) =>
  api.write('PUT', '/authentication', Authentication, settings, etag);

/** What a sign-in would meet; with `settings`, as if they were saved. */
export async function forecast(question: SignInQuestion): Promise<SignInForecast> {
  return (await api.write('POST', '/authentication/forecast', SignInForecast, question)).value;
}
