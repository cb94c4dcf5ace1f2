import { Endpoint, PatternTest, PatternTestResult, TokenAnswer, TokenQuestion } from '@sallyport/contract';
import { authorize } from '../../core/admin/authority.js';
import { testPatterns } from '../../core/admin/endpoints.js';
import { answerForToken } from '../../core/admin/token-answer.js';
import { administratorOf, list, type Resource } from './api.js';

const tags = ['Endpoints'];

/** For the scope editor: what there is to open, and what a pattern would open. */
export const endpointRoutes: Resource = (api, { core, endpoints }) => {
  api.get(
    '/endpoints',
    { schema: { tags, summary: 'List every endpoint behind the gate', response: { 200: list(Endpoint) } } },
    async (request) => {
      authorize(administratorOf(request), 'read apps');
      return { items: endpoints };
    },
  );

  api.post(
    '/endpoints/test',
    {
      schema: {
        tags,
        summary: 'Try scope patterns out',
        body: PatternTest,
        response: { 200: PatternTestResult },
      },
    },
    async (request) => {
      authorize(administratorOf(request), 'read apps');
      return testPatterns(endpoints, request.body);
    },
  );

  api.post(
    '/endpoints/token',
    {
      schema: {
        tags,
        summary: 'Say what an access token may do, or why it is good for nothing',
        body: TokenQuestion,
        response: { 200: TokenAnswer },
      },
    },
    async (request) => {
      authorize(administratorOf(request), 'read apps');
      return answerForToken(core.tokens, endpoints, request.context, request.body.token);
    },
  );
};
