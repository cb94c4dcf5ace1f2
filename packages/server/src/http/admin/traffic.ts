import {
  Explanation,
  FlowQuery,
  HttpArchive,
  line,
  PageQuery,
  page,
  Recording,
  RecordingInput,
  TrafficFlow,
  TrafficFlowDetail,
} from '@sallyport/contract';
import { z } from 'zod';
import { VERSION } from '../../version.js';
import { administratorOf, NoContent, type Resource } from './api.js';

const tags = ['Traffic'];
const ById = z.object({ id: line(64) });
const ByCorrelation = z.object({ correlationId: line(64) });

/** What is recorded. */
export const recordingRoutes: Resource = (api, { core }) => {
  const { traffic } = core.admin;

  api.get(
    '/traffic/recordings',
    {
      schema: {
        tags,
        summary: 'List recordings, newest first',
        querystring: PageQuery,
        response: { 200: page(Recording) },
      },
    },
    (request) => traffic.recordings(request.context.tenant, administratorOf(request), request.query),
  );

  api.post(
    '/traffic/recordings',
    {
      schema: {
        tags,
        summary: 'Record the traffic of an app, a client or a user for a while',
        body: RecordingInput,
        response: { 201: Recording },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return traffic.start(request.context.tenant, administratorOf(request), request.body);
    },
  );

  api.post(
    '/traffic/recordings/:id/stop',
    {
      schema: {
        tags,
        summary: 'End a recording now; what was recorded stays for its time',
        params: ById,
        response: { 200: Recording },
      },
    },
    (request) => traffic.stop(request.context.tenant, administratorOf(request), request.params.id),
  );

  api.delete(
    '/traffic/recordings/:id',
    {
      schema: {
        tags,
        summary: 'End a recording and remove what was recorded',
        params: ById,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      await traffic.remove(request.context.tenant, administratorOf(request), request.params.id);
      reply.code(204);
    },
  );
};

/** What came of it: flows, each as one sequence, and why a request was refused. */
export const flowRoutes: Resource = (api, { core }) => {
  const { traffic } = core.admin;

  api.get(
    '/traffic/flows',
    {
      schema: {
        tags,
        summary: 'List recorded flows, newest first',
        querystring: FlowQuery,
        response: { 200: page(TrafficFlow) },
      },
    },
    (request) => traffic.flows(request.context.tenant, administratorOf(request), request.query),
  );

  api.get(
    '/traffic/flows/:id',
    {
      schema: {
        tags,
        summary: 'Read a flow with its steps',
        params: ById,
        response: { 200: TrafficFlowDetail },
      },
    },
    (request) => traffic.flow(request.context.tenant, administratorOf(request), request.params.id),
  );

  api.get(
    '/traffic/flows/:id/har',
    {
      schema: {
        tags,
        summary: 'Export a flow as HTTP Archive 1.2',
        params: ById,
        response: { 200: HttpArchive },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      reply.header('content-disposition', `attachment; filename="${id.replace(/[^\w-]/g, '')}.har"`);
      return traffic.archive(request.context.tenant, administratorOf(request), id, VERSION);
    },
  );

  api.get(
    '/traffic/explanations/:correlationId',
    {
      schema: {
        tags,
        summary: 'Explain a refusal by the reference on its error page, recorded or not',
        params: ByCorrelation,
        response: { 200: Explanation },
      },
    },
    (request) =>
      traffic.explain(request.context.tenant, administratorOf(request), request.params.correlationId),
  );
};
