/** Mail addresses that are proved by what is mailed to them: invitations, and one's own address. */
import { AddressEnrolment, AddressOffer, AddressTicket, Me } from '@sallyport/contract';
import { z } from 'zod';
import { administratorOf, NoContent, principalOf, type Resource } from './api.js';

const OfUser = z.object({ user: z.string().min(1).max(254) });

export const addressRoutes: Resource = (api, { core }) => {
  const { invitations, ownAddress, ownAccount } = core.admin;

  api.post(
    '/users/:user/invitation',
    {
      schema: {
        tags: ['Users'],
        summary: 'Mail the way to a first password; good for three days',
        params: OfUser,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      await invitations.send(request.context, administratorOf(request), request.params.user);
      reply.code(204);
    },
  );

  api.post(
    '/me/email/offer',
    {
      schema: {
        tags: ['Me'],
        summary: 'Have a code sent to a mail address',
        body: AddressOffer,
        response: { 200: AddressTicket },
      },
    },
    (request) => ownAddress.offer(request.context, principalOf(request), request.body),
  );

  api.post(
    '/me/email',
    {
      schema: {
        tags: ['Me'],
        summary: 'Make the address that got this code mine',
        body: AddressEnrolment,
        response: { 200: Me },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      await ownAddress.change(request.context, principal, request.body);
      return ownAccount.get(request.context, principal);
    },
  );
};
