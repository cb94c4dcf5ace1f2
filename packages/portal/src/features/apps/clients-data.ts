/** Clients that registered themselves with an app, and the tokens by which they may. */
import { NewRegistrationToken, RegisteredClient, RegistrationToken } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, path } from '../../api.js';

/** Clients shown at once; a search finds the others. */
const SHOWN = 50;

export const clientsQuery = (applicationId: string, search: string) =>
  queryOptions({
    queryKey: ['apps', applicationId, 'clients', search],
    queryFn: () =>
      api.page(`/apps${path(applicationId)}/clients`, RegisteredClient, { search, limit: SHOWN }),
  });

export const registrationTokensQuery = (applicationId: string) =>
  queryOptions({
    queryKey: ['apps', applicationId, 'registration-tokens'],
    queryFn: () => api.list(`/apps${path(applicationId)}/registration-tokens`, RegistrationToken),
  });

export async function createRegistrationToken(
  applicationId: string,
  input: { name: string; lifetime: string },
): Promise<NewRegistrationToken> {
  const target = `/apps${path(applicationId)}/registration-tokens`;
  return (await api.write('POST', target, NewRegistrationToken, input)).value;
}

export function revokeRegistrationToken(applicationId: string, id: string): Promise<void> {
  return api.act('DELETE', `/apps${path(applicationId)}/registration-tokens${path(id)}`);
}

export function revokeClient(applicationId: string, clientId: string): Promise<void> {
  return api.act('DELETE', `/apps${path(applicationId)}/clients${path(clientId)}`);
}
