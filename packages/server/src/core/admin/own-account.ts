/** What people may do to their own account, with no right but being themselves. */
import type {
  Factor,
  Me,
  OwnApp,
  PasswordChange,
  ProfilePatch,
  TotpEnrolment,
  TotpOffer,
} from '@sallyport/contract';
import { encode } from 'uqr';
import type { Clock } from '../../kit/clock.js';
import type { Vault } from '../../kit/vault.js';
import { mayUseApp } from '../access.js';
import { AdminError } from '../errors.js';
import { mayApprove } from '../login/approvals.js';
import type { Credentials } from '../login/credentials.js';
import { enrolTotp, newTotpSecret, totpUri } from '../login/factors.js';
import { changeOwnPassword } from '../login/own-password.js';
import type { Sessions } from '../login/sessions.js';
import type { Store } from '../ports.js';
import type { Principal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import { administer, administrator } from './authority.js';
import type { ChangeLog } from './change-log.js';
import { factorViews, setOf } from './factor-views.js';
import { requirePassword, signedIn } from './own-factors.js';
import { changeUser } from './user-changes.js';
import { getUser, viewUser } from './users.js';
import { logoUrl } from './views.js';

/**
 * Passwords and factors are changed in a signed-in session and with the password once more, never by an app's token.
 * Every function throws `AdminError`.
 */
export interface OwnAccount {
  get(context: RequestContext, principal: Principal): Promise<Me>;
  patch(context: RequestContext, principal: Principal, patch: ProfilePatch): Promise<Me>;
  /** Ends every other session and every grant. */
  changePassword(context: RequestContext, principal: Principal, change: PasswordChange): Promise<void>;
  /** The apps that a role of the user opens. */
  apps(context: RequestContext, principal: Principal): Promise<OwnApp[]>;
  factors(context: RequestContext, principal: Principal): Promise<Factor[]>;
  /** Keeps nothing: the secret comes back with the first code. */
  offerTotp(context: RequestContext, principal: Principal): TotpOffer;
  enrolTotp(context: RequestContext, principal: Principal, enrolment: TotpEnrolment): Promise<Factor>;
  removeFactor(
    context: RequestContext,
    principal: Principal,
    factorId: string,
    password: string,
  ): Promise<void>;
}

export function createOwnAccount(deps: {
  store: Pick<Store, 'read'>;
  changeLog: ChangeLog;
  clock: Clock;
  vault: Vault;
  credentials: Credentials;
  sessions: Sessions;
}): OwnAccount {
  const { store, changeLog, credentials, vault } = deps;

  async function get(context: RequestContext, principal: Principal): Promise<Me> {
    const { subject } = principal;
    const user = await getUser(store.read, context.tenant.id, subject.user.id);
    return {
      user: await viewUser(store.read, user),
      rights: [...subject.rights],
      tenant: { name: context.tenant.name },
      mayApprove: principal.kind === 'session' && mayApprove(principal.amr),
    };
  }

  return {
    get,
    async patch(context, principal, patch) {
      const by = administrator(principal, context.source);
      await administer(changeLog, context.tenant.id, by, [], async (recorder, current) => {
        const user = await getUser(recorder.tx, context.tenant.id, principal.subject.user.id);
        await changeUser(recorder, current, user, patch);
      });
      return get(context, principal);
    },
    changePassword: (context, principal, change) =>
      changeOwnPassword(deps, context, signedIn(principal), change),
    async apps({ tenant }, { subject }) {
      const ofRoles = await Promise.all(
        subject.roles.map((role) => store.read.apps.ofRole(tenant.id, role.id)),
      );
      const apps = new Map(ofRoles.flat().map((app) => [app.id, app]));
      return [...apps.values()]
        .filter((app) => app.enabled && mayUseApp(subject, app))
        .map((app) => {
          const { applicationId, name, category } = app;
          return { applicationId, name, category, logo: logoUrl(app) };
        });
    },
    async factors({ tenant }, { subject }) {
      return factorViews(vault, await store.read.users.factors(tenant.id, subject.user.id));
    },
    offerTotp({ tenant }, principal) {
      const secret = newTotpSecret();
      const uri = totpUri(secret, signedIn(principal).subject.user.loginName, tenant.name);
      return { secret, uri, qr: qrRows(uri) };
    },
    async enrolTotp(context, principal, { password, secret, code }) {
      await requirePassword(credentials, context, principal, password);
      const factor = await enrolTotp(deps, context, principal.subject, { secret, code });
      const [view] = factorViews(vault, [factor]);
      if (!view) throw new Error('nothing was enrolled');
      return view;
    },
    async removeFactor(context, principal, factorId, password) {
      await requirePassword(credentials, context, principal, password);
      const by = administrator(principal, context.source);
      await administer(changeLog, context.tenant.id, by, [], async (recorder) => {
        const user = await getUser(recorder.tx, context.tenant.id, principal.subject.user.id);
        const factors = await recorder.tx.users.factors(user.tenantId, user.id);
        const factor = factors.find(({ id }) => id === factorId);
        if (!factor) throw AdminError.notFound('the factor');
        for (const one of setOf(factor, factors)) await recorder.removeFactor(user, one);
      });
    },
  };
}

function qrRows(text: string): string[] {
  return encode(text, { border: 0, ecc: 'M' }).data.map((row) => row.map(Number).join(''));
}
