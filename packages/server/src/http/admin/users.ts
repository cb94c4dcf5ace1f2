import {
  Consent,
  ConsentKey,
  CreatedUser,
  Factor,
  GeneratedPassword,
  Grant,
  PageQuery,
  PasswordReset,
  page,
  Session,
  SignInOutlook,
  User,
  UserInput,
  UserPatch,
  UserSummary,
} from '@sallyport/contract';
import { z } from 'zod';
import { administratorOf, expectedVersion, list, NoContent, type Resource, sendVersioned } from './api.js';

const tags = ['Users'];
/** An id, or a login name. */
const OfUser = z.object({ user: z.string().min(1).max(254) });
const OfItem = z.object({ ...OfUser.shape, id: z.string().min(1).max(64) });

export const userRoutes: Resource = (api, { core }) => {
  const { users } = core.admin;

  api.get(
    '/users',
    { schema: { tags, summary: 'List users', querystring: PageQuery, response: { 200: page(UserSummary) } } },
    (request) => users.page(request.context.tenant, administratorOf(request), request.query),
  );

  api.post(
    '/users',
    { schema: { tags, summary: 'Create a user', body: UserInput, response: { 201: CreatedUser } } },
    async (request, reply) => {
      const user = await users.create(request.context.tenant, administratorOf(request), request.body);
      reply.code(201).header('location', `/api/v1/users/${user.id}`);
      return sendVersioned(reply, user);
    },
  );

  api.get(
    '/users/:user',
    { schema: { tags, summary: 'Read a user', params: OfUser, response: { 200: User } } },
    async (request, reply) => {
      const { context, params } = request;
      return sendVersioned(reply, await users.get(context.tenant, administratorOf(request), params.user));
    },
  );

  api.patch(
    '/users/:user',
    {
      schema: {
        tags,
        summary: 'Change the fields present',
        params: OfUser,
        body: UserPatch,
        response: { 200: User },
      },
    },
    async (request, reply) => {
      const { context, params, body } = request;
      const by = administratorOf(request);
      const expected = expectedVersion(request);
      return sendVersioned(reply, await users.patch(context.tenant, by, params.user, body, expected));
    },
  );

  api.delete(
    '/users/:user',
    { schema: { tags, summary: 'Delete a user', params: OfUser, response: { 204: NoContent } } },
    async (request, reply) => {
      const { context, params } = request;
      await users.remove(context.tenant, administratorOf(request), params.user, expectedVersion(request));
      reply.code(204);
    },
  );

  api.put(
    '/users/:user/password',
    {
      schema: {
        tags,
        summary: 'Set or generate a password; signs the user out everywhere',
        params: OfUser,
        body: PasswordReset,
        response: { 200: GeneratedPassword },
      },
    },
    async (request) => {
      const { context, params, body } = request;
      const by = administratorOf(request);
      return { generatedPassword: await users.setPassword(context.tenant, by, params.user, body) };
    },
  );

  api.post(
    '/users/:user/unlock',
    {
      schema: {
        tags,
        summary: 'Clear the locks that failed sign-ins left',
        params: OfUser,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      await users.unlock(request.context.tenant, administratorOf(request), request.params.user);
      reply.code(204);
    },
  );

  api.get(
    '/users/:user/factors',
    { schema: { tags, summary: 'List second factors', params: OfUser, response: { 200: list(Factor) } } },
    async (request) => {
      const { context, params } = request;
      return { items: await users.factors(context.tenant, administratorOf(request), params.user) };
    },
  );

  api.delete(
    '/users/:user/factors',
    {
      schema: { tags, summary: 'Remove every second factor', params: OfUser, response: { 204: NoContent } },
    },
    async (request, reply) => {
      await users.resetFactors(request.context.tenant, administratorOf(request), request.params.user);
      reply.code(204);
    },
  );

  api.delete(
    '/users/:user/factors/:id',
    { schema: { tags, summary: 'Remove a second factor', params: OfItem, response: { 204: NoContent } } },
    async (request, reply) => {
      const { user, id } = request.params;
      await users.removeFactor(request.context.tenant, administratorOf(request), user, id);
      reply.code(204);
    },
  );
};

/** What belongs to a user, as an administrator sees it. */
export const userAccountRoutes: Resource = (api, { core }) => {
  const { accounts, signIn } = core.admin;

  api.get(
    '/users/:user/sign-in',
    {
      schema: {
        tags,
        summary: 'Tell where the user can sign in, and what each second factor is needed for',
        params: OfUser,
        response: { 200: SignInOutlook },
      },
    },
    (request) => signIn.outlook(request.context, administratorOf(request), request.params.user),
  );

  api.delete(
    '/users/:user/sessions',
    {
      schema: {
        tags,
        summary: 'Sign the user out everywhere; ends what clients may do for them too',
        params: OfUser,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      await accounts.signOut(request.context.tenant, administratorOf(request), request.params.user);
      reply.code(204);
    },
  );

  api.get(
    '/users/:user/sessions',
    { schema: { tags, summary: 'List sessions', params: OfUser, response: { 200: list(Session) } } },
    async (request) => {
      const { context, params } = request;
      return { items: await accounts.sessions(context.tenant, administratorOf(request), params.user, null) };
    },
  );

  api.delete(
    '/users/:user/sessions/:id',
    { schema: { tags, summary: 'End a session', params: OfItem, response: { 204: NoContent } } },
    async (request, reply) => {
      const { user, id } = request.params;
      await accounts.endSession(request.context.tenant, administratorOf(request), user, id);
      reply.code(204);
    },
  );

  api.get(
    '/users/:user/grants',
    {
      schema: {
        tags,
        summary: 'List what clients may do for the user',
        params: OfUser,
        response: { 200: list(Grant) },
      },
    },
    async (request) => {
      const { context, params } = request;
      return { items: await accounts.grants(context.tenant, administratorOf(request), params.user) };
    },
  );

  api.delete(
    '/users/:user/grants/:id',
    { schema: { tags, summary: 'Revoke a grant', params: OfItem, response: { 204: NoContent } } },
    async (request, reply) => {
      const { user, id } = request.params;
      await accounts.revokeGrant(request.context.tenant, administratorOf(request), user, id);
      reply.code(204);
    },
  );

  api.get(
    '/users/:user/consents',
    {
      schema: { tags, summary: 'List remembered consents', params: OfUser, response: { 200: list(Consent) } },
    },
    async (request) => {
      const { context, params } = request;
      return { items: await accounts.consents(context.tenant, administratorOf(request), params.user) };
    },
  );

  api.delete(
    '/users/:user/consents',
    {
      schema: {
        tags,
        summary: 'Withdraw a consent and what it gave',
        params: OfUser,
        querystring: ConsentKey,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const { context, params, query } = request;
      await accounts.withdrawConsent(context.tenant, administratorOf(request), params.user, query);
      reply.code(204);
    },
  );
};
