/**
 * Sallyport's own REST API, `/api/v1`: resources over core's administration, nothing else. Requests and answers are
 * checked against the contract's schemas; refusals are RFC 9457 problems.
 */
import { serializerCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { faultsOf, refusal } from '../../core/admin/faults.js';
import { compressReads } from '../compressed.js';
import type { Routes } from '../context.js';
import { notingDenials } from '../denials.js';
import { gate } from '../gate.js';
import { addressRoutes } from './addresses.js';
import type { Api, Resource } from './api.js';
import { ownApprovalRoutes } from './approvals.js';
import { appRoutes } from './apps.js';
import { authenticationRoutes } from './authentication.js';
import { declarationRoutes } from './declaration.js';
import { deviceRoutes } from './devices.js';
import { documentRoutes } from './docs.js';
import { endpointRoutes } from './endpoints.js';
import { renderProblem, renderUnknownPath } from './errors.js';
import { logoRoutes } from './logos.js';
import { logRoutes } from './logs.js';
import { ownAccessRoutes, profileRoutes } from './me.js';
import { describeApi } from './openapi.js';
import { ownFactorRoutes } from './own-factors.js';
import { registrationRoutes } from './registrations.js';
import { roleRoutes } from './roles.js';
import { tenantRoutes } from './tenant.js';
import { flowRoutes, recordingRoutes } from './traffic.js';
import { userAccountRoutes, userRoutes } from './users.js';

const RESOURCES: readonly Resource[] = [
  profileRoutes,
  ownFactorRoutes,
  ownApprovalRoutes,
  ownAccessRoutes,
  deviceRoutes,
  addressRoutes,
  userRoutes,
  userAccountRoutes,
  roleRoutes,
  appRoutes,
  logoRoutes,
  registrationRoutes,
  tenantRoutes,
  authenticationRoutes,
  declarationRoutes,
  logRoutes,
  recordingRoutes,
  flowRoutes,
  endpointRoutes,
];

export const apiRoutes: Routes = (app, deps) => {
  app.register(
    async (group) => {
      const api: Api = group.withTypeProvider();
      acceptJsonAlone(api);
      api.setErrorHandler(notingDenials(deps.core.audit, renderProblem));
      gate(group, deps);
      compressReads(group);
      api.setNotFoundHandler(renderUnknownPath);
      api.addHook('onSend', async (_request, reply) => {
        reply.header('cache-control', 'no-store');
      });
      await describeApi(api, deps.core.urls.publicUrl);
      for (const resource of RESOURCES) resource(api, deps);
      documentRoutes(api);
    },
    { prefix: '/api/v1' },
  );
};

/** JSON in, JSON out, both checked: a body of any other type is 415, an unknown or bad field 400 with its path. */
function acceptJsonAlone(api: Api): void {
  api.removeContentTypeParser(['text/plain', 'application/x-www-form-urlencoded']);
  api.setSerializerCompiler(serializerCompiler);
  api.setValidatorCompiler(({ schema }) => {
    if (!(schema instanceof z.ZodType))
      throw new TypeError('a route of /api/v1 has a schema that is not zod');
    return (data: unknown) => {
      const parsed = schema.safeParse(data);
      return parsed.success ? { value: parsed.data } : { error: refusal(faultsOf(parsed.error, schema)) };
    };
  });
}
