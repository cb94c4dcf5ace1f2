/** The pages around a sign-in, and the files they load. Owns no decision: `core/login` has them. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Routes } from '../context.js';
import { assetRoutes } from '../pages/assets.js';
import { sendErrorPage } from '../pages/error-page.js';
import { logoFileRoutes } from '../pages/logos.js';
import { notedFailure } from '../refusals.js';
import { approvalRoutes } from './approvals.js';
import { forgottenRoutes } from './forgotten.js';
import { linkRoutes } from './link.js';
import { loginFormRoutes } from './login.js';
import { signOutRoutes } from './sign-out.js';

export const loginRoutes: Routes = (app, deps) => {
  app.setErrorHandler(renderErrorPage);
  assetRoutes(app);
  logoFileRoutes(app, deps);
  loginFormRoutes(app, deps);
  forgottenRoutes(app, deps);
  linkRoutes(app, deps);
  approvalRoutes(app, deps);
  signOutRoutes(app, deps);
};

/** A page that says what happened, and leads back to the beginning. */
function renderErrorPage(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message } = notedFailure(error, request, reply);
  const again = { href: '/login', text: 'Go to the sign-in page' };
  return sendErrorPage(request, reply, { status, code: String(status), message, again });
}
