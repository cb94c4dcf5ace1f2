import { Declaration, DeclarationResult } from '@sallyport/contract';
import { z } from 'zod';
import { administratorOf, isOn, type Resource, Switch } from './api.js';

const tags = ['Declaration'];
/** A tenant of many thousand users fits. */
const LARGEST = 16 * 1024 * 1024;

const ApplyQuery = z.object({ dryRun: Switch, prune: Switch });

export const declarationRoutes: Resource = (api, { core }) => {
  const { declarations } = core.admin;

  api.get(
    '/declaration',
    { schema: { tags, summary: 'Export the tenant, secrets left out', response: { 200: Declaration } } },
    (request) => declarations.export(request.context.tenant, administratorOf(request)),
  );

  api.put(
    '/declaration',
    {
      bodyLimit: LARGEST,
      schema: {
        tags,
        summary: 'Make the tenant equal to a declaration, all of it or nothing',
        querystring: ApplyQuery,
        body: Declaration,
        response: { 200: DeclarationResult },
      },
    },
    (request) => {
      const { context, body, query } = request;
      const options = { dryRun: isOn(query.dryRun), prune: isOn(query.prune) };
      return declarations.apply(context.tenant, administratorOf(request), body, options);
    },
  );

  api.get(
    '/declaration/schema',
    {
      schema: {
        tags,
        summary: 'The JSON Schema of a declaration, for editors',
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    async () => ({ ...z.toJSONSchema(Declaration, { io: 'input' }) }),
  );
};
