/** The tenant and its signing keys as the API has them. */
import { SigningKey, Tenant, type TenantSettings } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api.js';

export const tenantQuery = queryOptions({
  queryKey: ['tenant'],
  queryFn: () => api.read('/tenant', Tenant),
});

export const saveTenant = (settings: TenantSettings, etag: string) =>
  api.write('PUT', '/tenant', Tenant, settings, etag);

/** Every key that is published, newest first. */
export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: () => api.list('/keys', SigningKey),
});

export const rotateKeys = () => api.act('POST', '/keys/rotate');
