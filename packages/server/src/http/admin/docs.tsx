import type { FastifyReply } from 'fastify';
import type { VNode } from 'preact';
import { sendPage } from '../pages/layout.js';
import type { Api } from './api.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface Operation {
  method: string;
  path: string;
  summary: string;
  tag: string;
  /** Names of the fields of the body; empty without one. */
  fields: string[];
}

/** `openapi.json`, and the same as a page to read. Both stand behind the gate; neither needs a right. */
export function documentRoutes(api: Api): void {
  api.get('/openapi.json', { schema: { hide: true } }, async () => api.swagger());
  api.get('/docs', { schema: { hide: true } }, async (_request, reply) => sendDocs(reply, operationsOf(api)));
}

function operationsOf(api: Api): Operation[] {
  return Object.entries(api.swagger().paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item?.[method];
      if (!operation) return [];
      const { summary = '', tags = [], requestBody } = operation;
      return [
        { method: method.toUpperCase(), path, summary, tag: tags[0] ?? '', fields: fieldsOf(requestBody) },
      ];
    }),
  );
}

function fieldsOf(requestBody: unknown): string[] {
  const schema = member(member(member(requestBody, 'content'), 'application/json'), 'schema');
  return Object.keys(Object(member(schema, 'properties')));
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

function sendDocs(reply: FastifyReply, operations: readonly Operation[]): FastifyReply {
  const tags = [...new Set(operations.map((operation) => operation.tag))];
  return sendPage(reply, {
    status: 200,
    title: 'API of Sallyport',
    body: (
      <main>
        <h1>API of Sallyport</h1>
        <p>
          The same for programs: <a href="/api/v1/openapi.json">openapi.json</a>
        </p>
        {tags.map((tag) => (
          <Section tag={tag} operations={operations.filter((operation) => operation.tag === tag)} />
        ))}
      </main>
    ),
  });
}

function Section({ tag, operations }: { tag: string; operations: readonly Operation[] }): VNode {
  return (
    <section>
      <h2>{tag}</h2>
      <dl>
        {operations.map(({ method, path, summary, fields }) => (
          <>
            <dt>
              <code>
                {method} {path}
              </code>
            </dt>
            <dd>
              {summary}
              {fields.length > 0 && <>. Body: {fields.join(', ')}</>}
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}
