/** Opening an app from the list of one's own apps. protocol 7.3 */
import type { FastifyInstance } from 'fastify';
import { AdminError } from '../../core/errors.js';
import type { EdgeDeps } from '../context.js';
import { Card, sendPage } from '../pages/layout.js';
import { wordsFor } from '../pages/words.js';
import { argumentsOf, required } from './body.js';
import { principalOf } from './security.js';

/** The answer is a page and no envelope. An app of OAuth is begun by its own program, and the page says so. */
export function appClickRoutes(app: FastifyInstance, { core }: EdgeDeps): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/UPRest/HandleAppClick',
    handler: async (request, reply) => {
      const { tenant } = request.context;
      const key = required(argumentsOf(request), 'appkey');
      const asked = await core.directory.appById(tenant.id, key);
      const own = await core.admin.ownAccount.apps(request.context, principalOf(request));
      const mine = own.find(({ applicationId }) => applicationId === (asked?.applicationId ?? key));
      if (!mine) throw new AdminError('not_found', 'App not found among your own.');
      const { say } = wordsFor(request);
      const body = (
        <Card tenant={tenant.name} heading={mine.name} logo={mine.logo}>
          <p>{say('Open this app from its own program or page: it leads here when you sign in.')}</p>
        </Card>
      );
      return sendPage(reply, { status: 200, title: mine.name, body });
    },
  });
}
