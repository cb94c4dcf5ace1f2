import { App, PageQuery, page, Role, RoleInput, RoleMember, RoleSummary } from '@sallyport/contract';
import { z } from 'zod';
import {
  administratorOf,
  expectedVersion,
  list,
  NoContent,
  type Resource,
  requiredVersion,
  sendVersioned,
} from './api.js';

const tags = ['Roles'];
const OfRole = z.object({ role: z.string().min(1).max(64) });
/** The user by id or login name. */
const OfMember = z.object({ ...OfRole.shape, user: z.string().min(1).max(254) });

export const roleRoutes: Resource = (api, { core }) => {
  const { roles } = core.admin;

  api.get(
    '/roles',
    { schema: { tags, summary: 'List roles', querystring: PageQuery, response: { 200: page(RoleSummary) } } },
    (request) => roles.page(request.context.tenant, administratorOf(request), request.query),
  );

  api.post(
    '/roles',
    { schema: { tags, summary: 'Create a role', body: RoleInput, response: { 201: Role } } },
    async (request, reply) => {
      const role = await roles.create(request.context.tenant, administratorOf(request), request.body);
      reply.code(201).header('location', `/api/v1/roles/${role.id}`);
      return sendVersioned(reply, role);
    },
  );

  api.get(
    '/roles/:role',
    { schema: { tags, summary: 'Read a role', params: OfRole, response: { 200: Role } } },
    async (request, reply) => {
      const { context, params } = request;
      return sendVersioned(reply, await roles.get(context.tenant, administratorOf(request), params.role));
    },
  );

  api.put(
    '/roles/:role',
    { schema: { tags, summary: 'Replace a role', params: OfRole, body: RoleInput, response: { 200: Role } } },
    async (request, reply) => {
      const { context, params, body } = request;
      const by = administratorOf(request);
      const expected = requiredVersion(request);
      return sendVersioned(reply, await roles.replace(context.tenant, by, params.role, body, expected));
    },
  );

  api.delete(
    '/roles/:role',
    { schema: { tags, summary: 'Delete a role', params: OfRole, response: { 204: NoContent } } },
    async (request, reply) => {
      const { context, params } = request;
      await roles.remove(context.tenant, administratorOf(request), params.role, expectedVersion(request));
      reply.code(204);
    },
  );

  api.get(
    '/roles/:role/members',
    {
      schema: {
        tags,
        summary: 'List the members of a role',
        params: OfRole,
        querystring: PageQuery,
        response: { 200: page(RoleMember) },
      },
    },
    (request) => {
      const { context, params, query } = request;
      return roles.members(context.tenant, administratorOf(request), params.role, query);
    },
  );

  api.get(
    '/roles/:role/apps',
    {
      schema: {
        tags,
        summary: 'List the apps whose User Access names the role',
        params: OfRole,
        response: { 200: list(App) },
      },
    },
    async (request) => {
      const { context, params } = request;
      return { items: await roles.apps(context.tenant, administratorOf(request), params.role) };
    },
  );

  api.put(
    '/roles/:role/members/:user',
    { schema: { tags, summary: 'Make a user a member', params: OfMember, response: { 204: NoContent } } },
    async (request, reply) => {
      const { role, user } = request.params;
      await roles.addMember(request.context.tenant, administratorOf(request), role, user);
      reply.code(204);
    },
  );

  api.delete(
    '/roles/:role/members/:user',
    { schema: { tags, summary: 'Take a user out', params: OfMember, response: { 204: NoContent } } },
    async (request, reply) => {
      const { role, user } = request.params;
      await roles.removeMember(request.context.tenant, administratorOf(request), role, user);
      reply.code(204);
    },
  );
};
