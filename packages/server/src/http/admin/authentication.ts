import { Authentication, AuthenticationSettings } from '@sallyport/contract';
import { administratorOf, type Resource, requiredVersion, sendVersioned } from './api.js';

const tags = ['Authentication'];

export const authenticationRoutes: Resource = (api, { core }) => {
  const { authentication } = core.admin;

  api.get(
    '/authentication',
    {
      schema: {
        tags,
        summary: 'Read the authentication profiles and rules',
        response: { 200: Authentication },
      },
    },
    async (request, reply) =>
      sendVersioned(reply, await authentication.get(request.context.tenant, administratorOf(request))),
  );

  api.put(
    '/authentication',
    {
      schema: {
        tags,
        summary: 'Replace the authentication profiles and rules',
        body: AuthenticationSettings,
        response: { 200: Authentication },
      },
    },
    async (request, reply) => {
      const { context, body } = request;
      const by = administratorOf(request);
      const saved = await authentication.replace(context.tenant, by, body, requiredVersion(request));
      return sendVersioned(reply, saved);
    },
  );
};
