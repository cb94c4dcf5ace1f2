/** The description of `/api/v1`, made from the very schemas that its requests and answers are checked against. */
import swagger from '@fastify/swagger';
import { Problem } from '@sallyport/contract';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { VERSION } from '../../version.js';
import { SESSION_COOKIE } from '../context.js';
import type { Api } from './api.js';
import { pathsBeside, TAGS } from './openapi-beside.js';

const PROBLEM = {
  description: 'A refusal, as RFC 9457 has it',
  content: { 'application/problem+json': { schema: Problem } },
};

/** To be called before the resources are registered. @see OpenAPI Specification 3.1.1 */
export async function describeApi(api: Api, publicUrl: string): Promise<void> {
  api.addHook('onRoute', (route) => {
    if (!route.schema) return;
    const response = { ...Object(route.schema.response), '4xx': PROBLEM };
    const operationId = operationIdOf(String(route.method), route.url);
    route.schema = { operationId, ...route.schema, response };
  });
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Sallyport',
        description:
          "Sallyport's own REST API, everything the portal and the command line do; beside it OAuth and the vendor's calls.",
        version: VERSION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: publicUrl }],
      tags: TAGS,
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          client: { type: 'http', scheme: 'basic' },
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
        },
      },
      security: [{ bearer: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      const { openapiObject } = document;
      return { ...openapiObject, paths: { ...openapiObject.paths, ...pathsBeside() } };
    },
  });
}

/** `GET /api/v1/users/:user/factors` as `getUsersByUserFactors`. */
function operationIdOf(method: string, url: string): string {
  const words = url.replace('/api/v1', '').split('/').filter(Boolean);
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const camel = (word: string) => word.split(/[-.]/).map(capital).join('');
  const named = words.map((word) => (word.startsWith(':') ? `By${capital(word.slice(1))}` : camel(word)));
  return method.toLowerCase() + named.join('');
}
