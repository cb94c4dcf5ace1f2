/** Proving more in a session that is there: `ChallengeUser` asks whether one must, `StartChallenge` begins. protocol 3.4 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SessionPrincipal } from '../../core/principal.js';
import type { EdgeDeps } from '../context.js';
import { HttpRefusal } from '../errors.js';
import { argumentsOf, text } from './body.js';
import { envelope, refusal, sendEnvelope } from './envelope.js';
import { packageResult } from './package.js';
import { principalOf } from './security.js';

export function stepUpRoutes(app: FastifyInstance, { core }: EdgeDeps): void {
  app.post('/security/challengeuser', async (request, reply) => {
    const session = sessionOf(request);
    const { context } = request;
    const profile = text(argumentsOf(request), 'profileName') ?? '';
    const isKnown = context.tenant.authentication.profiles.some(({ name }) => name === profile);
    if (!isKnown) return sendEnvelope(reply, refusal('There is no such profile.', context.correlationId));
    const step = await core.login.stepUp(context, session, { profile });
    if (step === null) return sendEnvelope(reply, envelope(null));
    if (step.summary === 'CannotSatisfyChallenges')
      return sendEnvelope(
        reply,
        refusal('You cannot satisfy this profile.', context.correlationId, { Summary: step.summary }),
      );
    const result = { ChallengeId: step.sessionId };
    return sendEnvelope(reply, refusal('A challenge is due.', context.correlationId, result));
  });

  app.post('/security/startchallenge', async (request, reply) => {
    const session = sessionOf(request);
    const { context } = request;
    const id = text(argumentsOf(request), 'ChallengeStateId') ?? '';
    const step = await core.login.resume(context, session, id);
    if (!step) return sendEnvelope(reply, refusal('There is no such challenge.', context.correlationId));
    return sendEnvelope(reply, envelope(packageResult(step, context.tenant, false)));
  });
}

/** A token never begets more than it is. Rule 15. */
function sessionOf(request: FastifyRequest): SessionPrincipal {
  const principal = principalOf(request);
  if (principal.kind === 'session') return principal;
  throw new HttpRefusal(403, 'an access token cannot raise a session');
}
