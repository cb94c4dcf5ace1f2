/**
 * Proving more in a session that is there: `ChallengeUser` asks whether one must, `StartChallenge` begins. And an
 * administrator's having somebody proved: `OnDemandChallenge`. protocol 3.4
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Administrator, administrator, authorize } from '../../core/admin/authority.js';
import type { Tenant } from '../../core/model.js';
import type { Principal, SessionPrincipal } from '../../core/principal.js';
import type { EdgeDeps } from '../context.js';
import { HttpRefusal } from '../errors.js';
import { argumentsOf, text } from './body.js';
import { envelope, refusal, sendEnvelope } from './envelope.js';
import { packageResult } from './package.js';
import { principalOf } from './security.js';

const NO_SUCH_PROFILE = 'There is no such profile.';
const NO_OTHER_PROVIDER = 'Nobody signs in here by way of another identity provider.';

export function stepUpRoutes(app: FastifyInstance, { core }: EdgeDeps): void {
  app.post('/security/challengeuser', async (request, reply) => {
    const session = sessionOf(request);
    const { context } = request;
    const profile = text(argumentsOf(request), 'profileName') ?? '';
    if (!hasProfile(context.tenant, profile))
      return sendEnvelope(reply, refusal(NO_SUCH_PROFILE, context.correlationId));
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

  app.post('/security/ondemandchallenge', async (request, reply) => {
    const { context } = request;
    const { correlationId, tenant } = context;
    const args = argumentsOf(request);
    const loginName = text(args, 'User')?.trim() ?? '';
    const profile = text(args, 'profileName') ?? undefined;
    const by = challengerOf(principalOf(request), context.source);
    if (profile !== undefined && !hasProfile(tenant, profile))
      return sendEnvelope(reply, refusal(NO_SUCH_PROFILE, correlationId));
    const step = await core.login.challenge(context, by.name, loginName, profile);
    if (step === null)
      return sendEnvelope(reply, refusal('There is no such user who may sign in.', correlationId));
    if (step.summary === 'CannotSatisfyChallenges')
      return sendEnvelope(
        reply,
        refusal('The user cannot satisfy this profile.', correlationId, { Summary: step.summary }),
      );
    return sendEnvelope(reply, envelope(packageResult(step, tenant, false)));
  });

  for (const path of ['/security/oobauthstatus', '/security/startsocialauthentication'])
    app.post(path, { config: { anonymous: true } }, async ({ context }, reply) =>
      sendEnvelope(reply, refusal(NO_OTHER_PROVIDER, context.correlationId)),
    );

  app.post('/security/startchallenge', async (request, reply) => {
    const session = sessionOf(request);
    const { context } = request;
    const id = text(argumentsOf(request), 'ChallengeStateId') ?? '';
    const step = await core.login.resume(context, session, id);
    if (!step) return sendEnvelope(reply, refusal('There is no such challenge.', context.correlationId));
    return sendEnvelope(reply, envelope(packageResult(step, context.tenant, false)));
  });
}

function hasProfile({ authentication }: Tenant, profile: string): boolean {
  return authentication.profiles.some(({ name }) => name === profile);
}

/** An administrator, or a program in its own name: of a user's token the vendor takes none here. */
function challengerOf(principal: Principal, source: string): Administrator {
  if (principal.kind === 'token' && principal.grantId !== null)
    throw new HttpRefusal(403, 'only a token from client credentials may challenge a user');
  const by = administrator(principal, source);
  authorize(by, 'write users');
  return by;
}

/** A token never begets more than it is. Rule 15. */
function sessionOf(request: FastifyRequest): SessionPrincipal {
  const principal = principalOf(request);
  if (principal.kind === 'session') return principal;
  throw new HttpRefusal(403, 'an access token cannot raise a session');
}
