import { Activity, AuditEvent, Change, EventQuery, line, PageQuery, page } from '@sallyport/contract';
import { z } from 'zod';
import { administratorOf, type Resource } from './api.js';

const tags = ['Logs'];
const ChangeQuery = z.object({ ...PageQuery.shape, object: line(200).optional() });

export const logRoutes: Resource = (api, { core }) => {
  const { logs } = core.admin;

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
