import { KnownDevice } from '@sallyport/contract';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { administratorOf, list, NoContent, principalOf, type Resource } from './api.js';

const OfItem = z.object({ id: z.string().min(1).max(64) });
const OfUser = z.object({ user: z.string().min(1).max(254) });

export const deviceRoutes: Resource = (api, { core }) => {
  const { devices } = core.admin;
  const ownId = (request: FastifyRequest) => principalOf(request).subject.user.id;
  const amrOf = (request: FastifyRequest) => {
    const principal = principalOf(request);
    return principal.kind === 'session' ? principal.amr : [];
  };

  api.get(
    '/me/devices',
    {
      schema: {
        tags: ['Me'],
        summary: 'List the devices I had remembered',
        response: { 200: list(KnownDevice) },
      },
    },
    async (request) => {
      const { tenant } = request.context;
      const own = ownId(request);
      return { items: await devices.list(tenant, administratorOf(request), own, amrOf(request)) };
    },
  );

  api.delete(
    '/me/devices/:id',
    {
      schema: {
        tags: ['Me'],
        summary: 'Forget a device of mine',
        params: OfItem,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const { context, params } = request;
      await devices.forget(context.tenant, administratorOf(request), ownId(request), params.id);
      reply.code(204);
    },
  );

  api.get(
    '/users/:user/devices',
    {
      schema: {
        tags: ['Users'],
        summary: 'List remembered devices',
        params: OfUser,
        response: { 200: list(KnownDevice) },
      },
    },
    async (request) => {
      const { context, params } = request;
      return { items: await devices.list(context.tenant, administratorOf(request), params.user, []) };
    },
  );

  api.delete(
    '/users/:user/devices/:id',
    {
      schema: {
        tags: ['Users'],
        summary: 'Forget a remembered device',
        params: z.object({ ...OfUser.shape, ...OfItem.shape }),
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const { user, id } = request.params;
      await devices.forget(request.context.tenant, administratorOf(request), user, id);
      reply.code(204);
    },
  );
};
