/** What the profiles and rules come to: for one sign-in, for one user, and for each second factor that could go. */
import {
  type FactorOutlook,
  MECHANISMS,
  type MechanismName,
  type MechanismState,
  type SignInForecast,
  type SignInOutlook,
  type SignInPlace,
  type SignInQuestion,
} from '@sallyport/contract';
import { enrolledOf, mayUseApp, type Subject } from '../access.js';
import { readSubject } from '../directory.js';
import { AdminError } from '../errors.js';
import { type Challenges, challengesFor, fits, type SignInFacts, unmet } from '../login/policy.js';
import { foldName } from '../login-name.js';
import type { Post } from '../mail/post.js';
import type { Mechanism } from '../mechanisms/mechanism.js';
import type { App, Factor, TenantRule, User } from '../model.js';
import type { Reader, Store } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import { authenticationSettings, resolvedAuthentication } from './authentication-changes.js';
import { type Administrator, authorize } from './authority.js';
import { onePerSet, setOf } from './factor-views.js';
import { getTenant } from './tenant-changes.js';
import { getUser } from './users.js';

/** What a person enrols, in the order of preference. */
const ENROLLED: readonly MechanismName[] = ['U2F', 'OATH', 'SMS', 'PF', 'SQ', 'RECOVERY'];
/** Comes and goes with what else is signed in: nothing to rely on. */
const PASSING: MechanismName = 'OTP';

/** Every function throws `AdminError`. */
export interface SignInAdmin {
  mechanisms(context: RequestContext, by: Administrator): Promise<MechanismState[]>;
  /** Reads only: `settings` are tried, not saved. */
  forecast(context: RequestContext, by: Administrator, question: SignInQuestion): Promise<SignInForecast>;
  /** `name` is a user's id or login name; one's own needs no right. */
  outlook(context: RequestContext, by: Administrator, name: string): Promise<SignInOutlook>;
}

/** A place to sign in to, and the one rule that chooses there; null where the default holds. */
interface Way {
  place: SignInPlace;
  appId: string | null;
  rule: TenantRule | null;
}

export function createSignInAdmin(deps: {
  store: Pick<Store, 'read'>;
  post: Pick<Post, 'reaches'>;
  mechanisms: ReadonlyMap<string, Mechanism>;
  /** Whether browsers know passkeys for this server's name. */
  hasPasskeys: boolean;
}): SignInAdmin {
  const { read } = deps.store;

  function needsOf(mechanism: MechanismName): MechanismState['needs'] {
    if (mechanism === 'EMAIL') return deps.post.reaches('mail') ? null : 'mail';
    if (mechanism === 'SMS') return deps.post.reaches('sms') ? null : 'gateway';
    if (mechanism === 'PF') return deps.post.reaches('call') ? null : 'gateway';
    if (mechanism === 'U2F') return deps.hasPasskeys ? null : 'name';
    return null;
  }

  async function openTo(context: RequestContext, subject: Subject, factors: readonly Factor[]) {
    const open: string[] = [];
    for (const name of MECHANISMS)
      if (await deps.mechanisms.get(name)?.isOpenTo({ context, subject, factors })) open.push(name);
    return open;
  }

  /** What each way asks of a user who has `factors`. */
  function challengesOf(
    context: RequestContext,
    subject: Subject,
    factors: readonly Factor[],
    ways: readonly Way[],
  ): Challenges[] {
    const asking = { ...subject, enrolled: enrolledOf(factors) };
    const { tenant, source } = context;
    const { profiles } = tenant.authentication;
    return ways.map(({ appId, rule }) => {
      const rules = rule ? [{ ...rule, networks: [] }] : [];
      const asked = { ...tenant, authentication: { profiles, rules } };
      return challengesFor({ tenant: asked, subject: asking, appId, source });
    });
  }

  async function waysOf({ tenant, source }: RequestContext, subject: Subject): Promise<Way[]> {
    const ofRoles = await Promise.all(subject.roles.map(({ id }) => read.apps.ofRole(tenant.id, id)));
    const apps = new Map(ofRoles.flat().map((app) => [app.id, app]));
    const usable = [...apps.values()].filter((app) => app.enabled && mayUseApp(subject, app));
    return [null, ...usable.sort((a, b) => a.name.localeCompare(b.name))].flatMap((app) =>
      waysTo(app, { tenant, subject, appId: app?.id ?? null, source }),
    );
  }

  async function outlookOf(
    context: RequestContext,
    subject: Subject,
    factors: readonly Factor[],
  ): Promise<Pick<SignInOutlook, 'closed' | 'factors'>> {
    const ways = await waysOf(context, subject);
    const asked = challengesOf(context, subject, factors, ways);
    const lasting = async (present: readonly Factor[]) =>
      (await openTo(context, subject, present)).filter((name) => name !== PASSING);
    const open = await lasting(factors);
    const placesOf = (isClosed: (i: number) => boolean) =>
      ways.flatMap(({ place }, i) => (isClosed(i) ? [place] : []));
    const isOpen = (i: number) => canMeet(asked[i], open);
    /** How the portals open where no network is named: the last of the ways to them. */
    const usual = ways.findLastIndex(({ appId }) => appId === null);

    async function without(factor: Factor): Promise<FactorOutlook> {
      const gone = setOf(factor, factors);
      const rest = factors.filter((one) => !gone.includes(one));
      const openThen = await lasting(rest);
      const askedThen = challengesOf(context, subject, rest, ways);
      const [, ...later] = asked[usual] ?? [];
      return {
        factorId: factor.id,
        ifLost: placesOf((i) => isOpen(i) && !canMeet(asked[i], openThen)),
        ifRemoved: placesOf((i) => isOpen(i) && !canMeet(askedThen[i], openThen)),
        instead: [...new Set(later.flat())].filter((name) => openThen.includes(name)),
        leavesPasswordAlone: isPasswordAlone(askedThen[usual]) && !isPasswordAlone(asked[usual]),
      };
    }

    return {
      closed: placesOf((i) => !isOpen(i)),
      factors: await Promise.all(onePerSet(factors).map(without)),
    };
  }

  return {
    async mechanisms({ tenant }, by) {
      authorize(by, 'read tenant');
      const counts = new Map(
        (await read.users.countEnrolled(tenant.id)).map(({ mechanism, users }) => [mechanism, users]),
      );
      return MECHANISMS.map((name) => ({
        name,
        needs: needsOf(name),
        enrolled: ENROLLED.includes(name) ? (counts.get(name) ?? 0) : null,
      }));
    },
    async forecast(context, by, question) {
      authorize(by, 'read tenant');
      authorize(by, 'read users');
      const stored = await getTenant(read, context.tenant.id);
      const settings = question.settings ?? (await authenticationSettings(read, stored));
      const authentication = await resolvedAuthentication(read, stored.id, settings);
      const user = await signingInUser(read, stored.id, question.user);
      const app = await askedApp(read, stored.id, question.app);
      const subject = await readSubject(read, user);
      const source = question.source ?? context.source;
      const isKnownDevice = question.device === 'known';
      const asked = { tenant: { ...stored, authentication }, appId: app?.id ?? null };
      const facts = { ...asked, subject, source, isKnownDevice };
      const challenges = challengesFor(facts);
      const open = await openTo(context, subject, await read.users.factors(stored.id, user.id));
      const { id, loginName, displayName, enabled } = user;
      const rules = authentication.rules.map((rule) => misfit(rule, facts));
      const chosen = rules.indexOf(null);
      return {
        user: { id, loginName, displayName, enabled },
        source,
        rules: chosen === -1 ? rules : rules.slice(0, chosen + 1),
        profile: authentication.rules[chosen]?.profile ?? null,
        challenges: challenges.map((names) =>
          names.map((mechanism) => ({ mechanism, open: open.includes(mechanism) })),
        ),
        canSignIn: enabled && canMeet(challenges, open),
        mayUseApp: app === null || (app.enabled && mayUseApp(subject, app)),
      };
    },
    async outlook(context, by, name) {
      if (name !== by.userId) authorize(by, 'read users');
      const user = await getUser(read, context.tenant.id, name);
      const factors = await read.users.factors(user.tenantId, user.id);
      return {
        enrollable: ENROLLED.filter((mechanism) => needsOf(mechanism) === null),
        ...(user.confidentialClient
          ? { closed: [], factors: [] }
          : await outlookOf(context, await readSubject(read, user), factors)),
      };
    },
  };
}

/** The rules that may choose at one place on a device that is not known, each for its networks, up to the one that always does. */
function waysTo(app: App | null, facts: SignInFacts): Way[] {
  const at = (rule: TenantRule | null): Way => ({
    place: {
      applicationId: app?.applicationId ?? null,
      name: app?.name ?? '',
      networks: rule?.networks ?? [],
    },
    appId: facts.appId,
    rule,
  });
  const fitting = facts.tenant.authentication.rules.filter((rule) => fits({ ...rule, networks: [] }, facts));
  const always = fitting.findIndex(({ networks }) => networks.length === 0);
  return always === -1 ? [...fitting.map(at), at(null)] : fitting.slice(0, always + 1).map(at);
}

function misfit(rule: TenantRule, facts: SignInFacts): SignInForecast['rules'][number] {
  if (!fits({ ...rule, appIds: [], networks: [], device: 'any' }, facts)) return 'roles';
  if (!fits({ ...rule, networks: [], device: 'any' }, facts)) return 'apps';
  if (!fits({ ...rule, networks: [] }, facts)) return 'device';
  return fits(rule, facts) ? null : 'networks';
}

function canMeet(challenges: Challenges | undefined, open: readonly string[]): boolean {
  return challenges !== undefined && unmet(challenges, open).length === 0;
}

function isPasswordAlone(challenges: Challenges | undefined): boolean {
  return challenges?.length === 1 && challenges[0]?.includes('UP') === true;
}

async function signingInUser(read: Reader, tenantId: string, name: string): Promise<User> {
  const user = await getUser(read, tenantId, name).catch((error: unknown) => {
    if (error instanceof AdminError && error.code === 'not_found') return null;
    throw error;
  });
  if (!user) throw AdminError.invalid('user', `there is no user "${name}"`);
  if (user.confidentialClient)
    throw AdminError.invalid('user', 'a confidential client does not sign in at the login page');
  return user;
}

async function askedApp(read: Reader, tenantId: string, applicationId: string | null): Promise<App | null> {
  if (applicationId === null) return null;
  const app = await read.apps.findByKey(tenantId, foldName(applicationId));
  if (!app) throw AdminError.invalid('app', `there is no app "${applicationId}"`);
  return app;
}
