/** The description of `/api/v1`, made from the very schemas that its requests and answers are checked against. */
import swagger from '@fastify/swagger';
import { Problem } from '@sallyport/contract';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { VERSION } from '../../version.js';
import { SESSION_COOKIE } from '../context.js';
import type { Api } from './api.js';

const PROBLEM = {
  description: 'A refusal, as RFC 9457 has it',
  content: { 'application/problem+json': { schema: Problem } },
};

/** To be called before the resources are registered. @see OpenAPI Specification 3.1.1 */
export async function describeApi(api: Api, publicUrl: string): Promise<void> {
  api.addHook('onRoute', (route) => {
    if (!route.schema) return;
    const response = { ...Object(route.schema.response), '4xx': PROBLEM };
    route.schema = { ...route.schema, response };
  });
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Sallyport',
        description: "Sallyport's own REST API: everything the portal and the command line do.",
        version: VERSION,
      },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
        },
      },
      security: [{ bearer: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
  });
}
