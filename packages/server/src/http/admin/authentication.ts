import {
  Authentication,
  AuthenticationSettings,
  MechanismState,
  SignInForecast,
  SignInQuestion,
} from '@sallyport/contract';
import { administratorOf, list, type Resource, requiredVersion, sendVersioned } from './api.js';

const tags = ['Authentication'];

export const authenticationRoutes: Resource = (api, { core }) => {
  const { authentication, signIn } = core.admin;

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

  api.get(
    '/authentication/mechanisms',
    {
      schema: {
        tags,
        summary: 'List the mechanisms, what each lacks here and how many users have enrolled it',
        response: { 200: list(MechanismState) },
      },
    },
    async (request) => ({ items: await signIn.mechanisms(request.context, administratorOf(request)) }),
  );

  api.post(
    '/authentication/forecast',
    {
      schema: {
        tags,
        summary: 'Ask which profile a sign-in would meet; changes nothing',
        body: SignInQuestion,
        response: { 200: SignInForecast },
      },
    },
    (request) => signIn.forecast(request.context, administratorOf(request), request.body),
  );
};
