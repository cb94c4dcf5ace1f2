/** What belongs to whoever asks: no administrative right is needed. */
import {
  Consent,
  ConsentKey,
  Factor,
  Grant,
  Me,
  OwnApp,
  PasswordChange,
  ProfilePatch,
  Reauthentication,
  Session,
  SignInOutlook,
  TotpEnrolment,
  TotpOffer,
} from '@sallyport/contract';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { administratorOf, list, NoContent, principalOf, type Resource } from './api.js';

const tags = ['Me'];
const OfItem = z.object({ id: z.string().min(1).max(64) });

export const profileRoutes: Resource = (api, { core }) => {
  const { ownAccount, signIn } = core.admin;

  api.get(
    '/me',
    { schema: { tags, summary: 'Read my profile and rights', response: { 200: Me } } },
    (request) => ownAccount.get(request.context, principalOf(request)),
  );

  api.patch(
    '/me',
    { schema: { tags, summary: 'Change my profile', body: ProfilePatch, response: { 200: Me } } },
    (request) => ownAccount.patch(request.context, principalOf(request), request.body),
  );

  api.get(
    '/me/apps',
    { schema: { tags, summary: 'List the apps I may use', response: { 200: list(OwnApp) } } },
    async (request) => ({ items: await ownAccount.apps(request.context, principalOf(request)) }),
  );

  api.put(
    '/me/password',
    {
      schema: {
        tags,
        summary: 'Change my password; signs me out everywhere else',
        body: PasswordChange,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      await ownAccount.changePassword(request.context, principalOf(request), request.body);
      reply.code(204);
    },
  );

  api.get(
    '/me/factors',
    { schema: { tags, summary: 'List my second factors', response: { 200: list(Factor) } } },
    async (request) => ({ items: await ownAccount.factors(request.context, principalOf(request)) }),
  );

  api.get(
    '/me/sign-in',
    {
      schema: {
        tags,
        summary: 'Tell where I can sign in, and what each second factor is needed for',
        response: { 200: SignInOutlook },
      },
    },
    (request) => {
      const by = administratorOf(request);
      return signIn.outlook(request.context, by, principalOf(request).subject.user.id);
    },
  );

  api.post(
    '/me/factors/totp/offer',
    { schema: { tags, summary: 'Ask for a new authenticator secret', response: { 200: TotpOffer } } },
    async (request) => ownAccount.offerTotp(request.context, principalOf(request)),
  );

  api.post(
    '/me/factors/totp',
    {
      schema: {
        tags,
        summary: 'Enrol the authenticator that shows this code',
        body: TotpEnrolment,
        response: { 201: Factor },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return ownAccount.enrolTotp(request.context, principalOf(request), request.body);
    },
  );

  api.post(
    '/me/factors/:id/remove',
    {
      schema: {
        tags,
        summary: 'Remove a second factor of mine',
        params: OfItem,
        body: Reauthentication,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      await ownAccount.removeFactor(request.context, principalOf(request), params.id, body.password);
      reply.code(204);
    },
  );
};

export const ownAccessRoutes: Resource = (api, { core }) => {
  const { accounts } = core.admin;
  const ownId = (request: FastifyRequest) => principalOf(request).subject.user.id;

  api.get(
    '/me/sessions',
    { schema: { tags, summary: 'List my sessions', response: { 200: list(Session) } } },
    async (request) => {
      const principal = principalOf(request);
      const current = principal.kind === 'session' ? principal.sessionId : null;
      const by = administratorOf(request);
      return { items: await accounts.sessions(request.context.tenant, by, ownId(request), current) };
    },
  );

  api.delete(
    '/me/sessions/:id',
    { schema: { tags, summary: 'End a session of mine', params: OfItem, response: { 204: NoContent } } },
    async (request, reply) => {
      const { context, params } = request;
      await accounts.endSession(context.tenant, administratorOf(request), ownId(request), params.id);
      reply.code(204);
    },
  );

  api.get(
    '/me/grants',
    { schema: { tags, summary: 'List what clients may do for me', response: { 200: list(Grant) } } },
    async (request) => ({
      items: await accounts.grants(request.context.tenant, administratorOf(request), ownId(request)),
    }),
  );

  api.delete(
    '/me/grants/:id',
    { schema: { tags, summary: 'Revoke a grant of mine', params: OfItem, response: { 204: NoContent } } },
    async (request, reply) => {
      const { context, params } = request;
      await accounts.revokeGrant(context.tenant, administratorOf(request), ownId(request), params.id);
      reply.code(204);
    },
  );

  api.get(
    '/me/consents',
    { schema: { tags, summary: 'List my remembered consents', response: { 200: list(Consent) } } },
    async (request) => ({
      items: await accounts.consents(request.context.tenant, administratorOf(request), ownId(request)),
    }),
  );

  api.delete(
    '/me/consents',
    {
      schema: {
        tags,
        summary: 'Withdraw a consent and what it gave',
        querystring: ConsentKey,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const { context, query } = request;
      await accounts.withdrawConsent(context.tenant, administratorOf(request), ownId(request), query);
      reply.code(204);
    },
  );
};
