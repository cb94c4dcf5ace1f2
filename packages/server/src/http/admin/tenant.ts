import { SigningKey, Tenant, TenantSettings } from '@sallyport/contract';
import { administratorOf, list, type Resource, requiredVersion, sendVersioned } from './api.js';

const tags = ['Tenant'];

export const tenantRoutes: Resource = (api, { core }) => {
  const { tenant, keys } = core.admin;

  api.get(
    '/tenant',
    { schema: { tags, summary: 'Read the tenant', response: { 200: Tenant } } },
    async (request, reply) =>
      sendVersioned(reply, await tenant.get(request.context.tenant, administratorOf(request))),
  );

  api.put(
    '/tenant',
    {
      schema: {
        tags,
        summary: "Replace the tenant's settings",
        body: TenantSettings,
        response: { 200: Tenant },
      },
    },
    async (request, reply) => {
      const { context, body } = request;
      const by = administratorOf(request);
      return sendVersioned(reply, await tenant.replace(context.tenant, by, body, requiredVersion(request)));
    },
  );

  api.get(
    '/keys',
    { schema: { tags, summary: 'List signing keys', response: { 200: list(SigningKey) } } },
    async (request) => ({ items: await keys.list(request.context.tenant, administratorOf(request)) }),
  );

  api.post(
    '/keys/rotate',
    { schema: { tags, summary: 'Sign with the next key', response: { 200: list(SigningKey) } } },
    async (request) => {
      const by = administratorOf(request);
      await keys.rotate(request.context.tenant, by);
      return { items: await keys.list(request.context.tenant, by) };
    },
  );
};
