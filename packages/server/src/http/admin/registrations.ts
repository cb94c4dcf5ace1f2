import {
  NewRegistrationToken,
  PageQuery,
  page,
  RegisteredClient,
  RegistrationToken,
  RegistrationTokenInput,
} from '@sallyport/contract';
import { z } from 'zod';
import { administratorOf, list, NoContent, type Resource } from './api.js';

const tags = ['Registered clients'];
const applicationId = z.string().min(1).max(64);
const OfApp = z.object({ applicationId });
const OfClient = z.object({ applicationId, clientId: z.string().min(1).max(64) });
const OfToken = z.object({ applicationId, id: z.string().min(1).max(64) });

/** Clients that registered themselves with an app, and the tokens by which they may. */
export const registrationRoutes: Resource = (api, { core }) => {
  const { registrations } = core.admin;

  api.get(
    '/apps/:applicationId/clients',
    {
      schema: {
        ...{
          tags,
          summary: 'List clients that registered themselves',
          params: OfApp,
          querystring: PageQuery,
        },
        response: { 200: page(RegisteredClient) },
      },
    },
    (request) => {
      const { context, params, query } = request;
      return registrations.clients(context.tenant, administratorOf(request), params.applicationId, query);
    },
  );

  api.delete(
    '/apps/:applicationId/clients/:clientId',
    {
      schema: {
        ...{ tags, summary: 'Revoke a registered client with everything issued to it', params: OfClient },
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const { context, params } = request;
      const by = administratorOf(request);
      await registrations.removeClient(context.tenant, by, params.applicationId, params.clientId);
      reply.code(204);
    },
  );

  api.get(
    '/apps/:applicationId/registration-tokens',
    {
      schema: {
        ...{ tags, summary: 'List initial access tokens', params: OfApp },
        response: { 200: list(RegistrationToken) },
      },
    },
    async (request) => {
      const { context, params } = request;
      const by = administratorOf(request);
      return { items: await registrations.tokens(context.tenant, by, params.applicationId) };
    },
  );

  api.post(
    '/apps/:applicationId/registration-tokens',
    {
      schema: {
        ...{ tags, summary: 'Make an initial access token', params: OfApp, body: RegistrationTokenInput },
        response: { 201: NewRegistrationToken },
      },
    },
    async (request, reply) => {
      const { context, params, body } = request;
      const by = administratorOf(request);
      const made = await registrations.createToken(context.tenant, by, params.applicationId, body);
      reply.code(201);
      return made;
    },
  );

  api.delete(
    '/apps/:applicationId/registration-tokens/:id',
    {
      schema: {
        ...{ tags, summary: 'Revoke an initial access token', params: OfToken },
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const { context, params } = request;
      const by = administratorOf(request);
      await registrations.removeToken(context.tenant, by, params.applicationId, params.id);
      reply.code(204);
    },
  );
};
