import {
  Activity,
  AuditEvent,
  Change,
  EventQuery,
  line,
  PageQuery,
  page,
  Restoration,
} from '@sallyport/contract';
import { z } from 'zod';
import { administratorOf, expectedVersion, isOn, type Resource, Switch } from './api.js';

const tags = ['Logs'];
const OfChange = z.object({ changeId: z.string().max(64) });
const RestoreQuery = z.object({ dryRun: Switch });
const ChangeQuery = z.object({ ...PageQuery.shape, object: line(200).optional() });

export const logRoutes: Resource = (api, { core }) => {
  const { logs, restorer } = core.admin;

  api.get(
    '/changes',
    {
      schema: {
        tags,
        summary:
          'Read the change log, newest first; of one object or kind by its path, such as apps/myapplication or apps',
        querystring: ChangeQuery,
        response: { 200: page(Change) },
      },
    },
    (request) => logs.changes(request.context.tenant, administratorOf(request), request.query),
  );

  api.post(
    '/changes/:changeId/restore',
    {
      schema: {
        tags,
        summary: 'Take an object back to what it was after a change, or before its deletion',
        params: OfChange,
        querystring: RestoreQuery,
        response: { 200: Restoration },
      },
    },
    async (request, reply) => {
      const { context, params, query } = request;
      const options = { dryRun: isOn(query.dryRun), expected: expectedVersion(request) };
      const by = administratorOf(request);
      const restored = await restorer.restore(context.tenant, by, params.changeId, options);
      if (restored.version !== null) reply.header('etag', `"${restored.version}"`);
      return restored;
    },
  );

  api.get(
    '/events',
    {
      schema: {
        tags,
        summary: 'Read the audit log, newest first',
        querystring: EventQuery,
        response: { 200: page(AuditEvent) },
      },
    },
    (request) => {
      const { type: types, ...page } = request.query;
      return logs.events(request.context.tenant, administratorOf(request), { ...page, types });
    },
  );

  api.get(
    '/events/activity',
    { schema: { tags, summary: 'Count the last day by the hour', response: { 200: Activity } } },
    (request) => logs.activity(request.context.tenant, administratorOf(request)),
  );
};
