/** The portals' pages by address. Each feature is a chunk of its own, loaded when it is first opened. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import { AdminLayout, UserLayout } from './features/session/layouts.js';
import { NotFoundPage, RouteError } from './features/session/route-states.js';
import { meQuery } from './features/session/session.js';
import { restOfWords } from './i18n/i18n.js';
import { PageSkeleton } from './ui/states.js';
import { listSearch, listSearchWith } from './ui/use-list-search.js';

/** A page whose words are not among those of the first view. */
function withWords<Module>(load: () => Promise<Module>): () => Promise<Module> {
  return async () => {
    const [module] = await Promise.all([load(), restOfWords()]);
    return module;
  };
}

/** The step of a flow that stands open; empty for none. */
function stepSearch({ step }: Record<string, unknown>): { step?: string } {
  return typeof step === 'string' ? { step } : {};
}

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  beforeLoad: ({ context }) => context.queries.ensureQueryData(meQuery),
  component: Outlet,
});

const manage = createRoute({ getParentRoute: () => root, path: '/manage', component: AdminLayout });
const my = createRoute({ getParentRoute: () => root, id: 'user-portal', component: UserLayout });

const adminPages = [
  createRoute({
    getParentRoute: () => manage,
    path: '/',
    component: lazyRouteComponent(() => import('./features/dashboard/dashboard-page.js'), 'DashboardPage'),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'apps',
    validateSearch: listSearch,
    component: lazyRouteComponent(
      withWords(() => import('./features/apps/apps-page.js')),
      'AppsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'apps/$applicationId/{-$category}',
    validateSearch: listSearch,
    component: lazyRouteComponent(
      withWords(() => import('./features/apps/app-page.js')),
      'AppPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'users',
    validateSearch: listSearch,
    component: lazyRouteComponent(
      withWords(() => import('./features/users/users-page.js')),
      'UsersPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'users/new',
    component: lazyRouteComponent(
      withWords(() => import('./features/users/new-user-page.js')),
      'NewUserPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'users/$userId/{-$part}',
    component: lazyRouteComponent(
      withWords(() => import('./features/users/user-page.js')),
      'UserPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'roles',
    validateSearch: listSearch,
    component: lazyRouteComponent(
      withWords(() => import('./features/roles/roles-page.js')),
      'RolesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'roles/$roleId/{-$part}',
    component: lazyRouteComponent(
      withWords(() => import('./features/roles/role-page.js')),
      'RolePage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'policies',
    component: lazyRouteComponent(
      withWords(() => import('./features/policies/policies-page.js')),
      'PoliciesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'traffic',
    validateSearch: listSearchWith('recording', 'failed', 'reference'),
    component: lazyRouteComponent(
      withWords(() => import('./features/traffic/traffic-page.js')),
      'TrafficPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'traffic/$flowId',
    validateSearch: stepSearch,
    component: lazyRouteComponent(
      withWords(() => import('./features/traffic/flow-page.js')),
      'FlowPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'changelog',
    validateSearch: listSearchWith('kind'),
    component: lazyRouteComponent(
      withWords(() => import('./features/changelog/changelog-page.js')),
      'ChangelogPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'audit',
    validateSearch: listSearchWith('type'),
    component: lazyRouteComponent(
      withWords(() => import('./features/audit/audit-page.js')),
      'AuditPage',
    ),
  }),
  createRoute({
    getParentRoute: () => manage,
    path: 'settings',
    component: lazyRouteComponent(
      withWords(() => import('./features/settings/settings-page.js')),
      'SettingsPage',
    ),
  }),
] as const;

const userPages = [
  createRoute({
    getParentRoute: () => my,
    path: '/',
    component: lazyRouteComponent(
      withWords(() => import('./features/my/my-apps-page.js')),
      'MyAppsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => my,
    path: '/my',
    component: lazyRouteComponent(
      withWords(() => import('./features/my/my-apps-page.js')),
      'MyAppsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => my,
    path: '/my/permissions',
    component: lazyRouteComponent(
      withWords(() => import('./features/my/my-permissions-page.js')),
      'MyPermissionsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => my,
    path: '/my/sessions',
    component: lazyRouteComponent(
      withWords(() => import('./features/my/my-sessions-page.js')),
      'MySessionsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => my,
    path: '/my/security',
    component: lazyRouteComponent(
      withWords(() => import('./features/my/my-security-page.js')),
      'MySecurityPage',
    ),
  }),
] as const;

/** The router over `queries`, which holds what was read already. */
export function createPortalRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([manage.addChildren(adminPages), my.addChildren(userPages)]),
    context: { queries },
    defaultPreload: 'intent',
    defaultPendingComponent: PageSkeleton,
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
