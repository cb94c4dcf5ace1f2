import {
  App,
  AppInput,
  AppUsage,
  PageQuery,
  PostmanCollection,
  PostmanEnvironment,
  page,
} from '@sallyport/contract';
import { z } from 'zod';
import { postmanCollection, postmanEnvironment } from '../../core/postman/collection.js';
import {
  administratorOf,
  expectedVersion,
  NoContent,
  type Resource,
  requiredVersion,
  sendVersioned,
} from './api.js';

const tags = ['Apps'];
/** In any case: Application IDs are compared without regard to it. */
export const OfApp = z.object({ applicationId: z.string().min(1).max(64) });

export const appRoutes: Resource = (api, { core }) => {
  const { apps } = core.admin;

  api.get(
    '/apps',
    { schema: { tags, summary: 'List apps', querystring: PageQuery, response: { 200: page(App) } } },
    (request) => apps.page(request.context.tenant, administratorOf(request), request.query),
  );

  api.post(
    '/apps',
    { schema: { tags, summary: 'Create an app', body: AppInput, response: { 201: App } } },
    async (request, reply) => {
      const app = await apps.create(request.context.tenant, administratorOf(request), request.body);
      reply.code(201).header('location', `/api/v1/apps/${app.applicationId}`);
      return sendVersioned(reply, app);
    },
  );

  api.get(
    '/apps/:applicationId',
    { schema: { tags, summary: 'Read an app', params: OfApp, response: { 200: App } } },
    async (request, reply) => {
      const { context, params } = request;
      const by = administratorOf(request);
      return sendVersioned(reply, await apps.get(context.tenant, by, params.applicationId));
    },
  );

  api.get(
    '/apps/:applicationId/usage',
    {
      schema: {
        tags,
        summary: 'Count the clients and users who hold a grant of an app now',
        params: OfApp,
        response: { 200: AppUsage },
      },
    },
    (request) => {
      const { context, params } = request;
      return apps.usage(context.tenant, administratorOf(request), params.applicationId);
    },
  );

  api.put(
    '/apps/:applicationId',
    { schema: { tags, summary: 'Replace an app', params: OfApp, body: AppInput, response: { 200: App } } },
    async (request, reply) => {
      const { context, params, body } = request;
      const by = administratorOf(request);
      const expected = requiredVersion(request);
      return sendVersioned(
        reply,
        await apps.replace(context.tenant, by, params.applicationId, body, expected),
      );
    },
  );

  api.delete(
    '/apps/:applicationId',
    {
      schema: {
        tags,
        summary: 'Delete an app with everything issued for it',
        params: OfApp,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const { context, params } = request;
      const by = administratorOf(request);
      await apps.remove(context.tenant, by, params.applicationId, expectedVersion(request));
      reply.code(204);
    },
  );

  const files = [
    { path: 'postman', kind: 'collection', schema: PostmanCollection, make: postmanCollection },
    {
      path: 'postman/environment',
      kind: 'environment',
      schema: PostmanEnvironment,
      make: postmanEnvironment,
    },
  ] as const;
  for (const { path, kind, schema, make } of files)
    api.get(
      `/apps/:applicationId/${path}`,
      {
        schema: {
          tags,
          summary: `Make a Postman ${kind} of the app's endpoints`,
          params: OfApp,
          response: { 200: schema },
        },
      },
      async (request, reply) => {
        const app = await apps.get(
          request.context.tenant,
          administratorOf(request),
          request.params.applicationId,
        );
        const fileName = `${app.applicationId}.postman_${kind}.json`;
        reply.header('content-disposition', `attachment; filename="${fileName}"`);
        return make(app, core.urls.publicUrl);
      },
    );
};
