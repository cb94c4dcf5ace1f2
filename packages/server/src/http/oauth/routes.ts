/**
 * The OAuth endpoints of every app, outside the gate because each has checks of its own. Parses, calls `core/oauth`,
 * renders; a person gets pages and redirects, a program JSON.
 */
import type { Routes } from '../context.js';
import { handOutNonces } from '../proved-request.js';
import { authorizeRoutes } from './authorize.js';
import { openToAnyOrigin } from './cors.js';
import { deviceRoutes } from './device.js';
import { discoveryRoutes } from './discovery.js';
import { endSessionRoutes } from './end-session.js';
import { renderForClient, renderForPerson } from './errors.js';
import { registerRoutes } from './register.js';
import { tokenRoutes } from './token.js';
import { userinfoRoutes } from './userinfo.js';

export const oauthRoutes: Routes = async (app, deps) => {
  await app.register(async (pages) => {
    pages.setErrorHandler(renderForPerson);
    authorizeRoutes(pages, deps);
    endSessionRoutes(pages, deps);
    deviceRoutes(pages, deps);
  });
  await app.register(async (open) => {
    open.setErrorHandler(renderForClient);
    openToAnyOrigin(open);
    handOutNonces(open, deps.core.dpop);
    deps.posts.rethrow(open);
    tokenRoutes(open, deps);
    userinfoRoutes(open, deps);
    registerRoutes(open, deps);
    discoveryRoutes(open, deps);
  });
};
