import { ApprovalDecision, ApprovalOutcome, WaitingSignIn } from '@sallyport/contract';
import { z } from 'zod';
import { signedIn } from '../../core/admin/own-factors.js';
import { AdminError } from '../../core/errors.js';
import { list, principalOf, type Resource } from './api.js';

const tags = ['Me'];
const OfItem = z.object({ id: z.string().min(1).max(128) });

export const ownApprovalRoutes: Resource = (api, { core }) => {
  const { approvals } = core;

  api.get(
    '/me/approvals',
    {
      schema: {
        tags,
        summary: 'List my sign-ins on other devices that wait for approval',
        response: { 200: list(WaitingSignIn) },
      },
    },
    async (request) => {
      const waiting = await approvals.waitingFor(request.context, signedIn(principalOf(request)));
      return {
        items: waiting.map(({ id, source, userAgent, startedAt, code }) => ({
          ...{ id, source, userAgent, code },
          startedAt: new Date(startedAt).toISOString(),
        })),
      };
    },
  );

  api.post(
    '/me/approvals/:id',
    {
      schema: {
        tags,
        summary: 'Approve a sign-in by the number it shows, or deny it; a wrong number denies',
        params: OfItem,
        body: ApprovalDecision,
        response: { 200: ApprovalOutcome },
      },
    },
    async (request) => {
      const { context, params, body } = request;
      const number = body.decision === 'approve' ? body.number : null;
      const session = signedIn(principalOf(request));
      const outcome = await approvals.decideInSession(context, session, params.id, number);
      if (outcome === 'unknown') throw AdminError.notFound('a sign-in that waits for this');
      return { outcome };
    },
  );
};
