/**
 * Which challenges a sign-in must meet: the profile of the first rule that fits the user, the app and the network,
 * else the default of rule 11. Asked when a login starts and ends, and again whenever a code or a token is issued.
 */
import type { AuthenticationProfile, MechanismName } from '@sallyport/contract';
import ipaddr from 'ipaddr.js';
import type { Subject } from '../access.js';
import type { Tenant, TenantRule } from '../model.js';
import type { Reader } from '../ports.js';

/** Mechanism names, one list per challenge, in order. */
export type Challenges = readonly (readonly string[])[];

/** What decides about a sign-in. */
export interface SignInFacts {
  tenant: Tenant;
  /** Null for an unknown name, which is treated as a user without roles of their own and without factors. */
  subject: Subject | null;
  /** The app that is signed in to; null for the portal and for programs. */
  appId: string | null;
  source: string;
  /** Whether it comes from a browser that this user has had remembered. Default false. */
  isKnownDevice?: boolean;
}

/** What a session or grant says of the sign-in that made it. */
export interface SignInProof {
  /** Mechanisms met, and {@link deviceProof}. */
  amr: readonly string[];
  source: string;
}

/** A passkey that verified its user, asked for before any name was typed. */
export const PASSKEY = 'PASSKEY';
/** Marks, among what a sign-in proved, the device that it came from. */
const DEVICE = 'DEVICE:';
/** Stand-ins for a factor that is lost; worth nothing to who has no other factor. */
const RECOVERY: MechanismName = 'RECOVERY';

export interface Policy {
  /** The challenges that the mechanisms of `amr` leave unmet. */
  missing(facts: SignInFacts, amr: readonly string[]): Promise<Challenges>;
  /** Whether a sign-in as proved suffices for a code or token of the app. */
  suffices(tenant: Tenant, subject: Subject, appId: string, proof: SignInProof): Promise<boolean>;
  /**
   * The same for a token that is only renewed: a rule counts from the moment it is made, but whoever enrols a second
   * factor of their own accord keeps what they allowed before.
   */
  stillSuffices(tenant: Tenant, subject: Subject, appId: string, proof: SignInProof): Promise<boolean>;
}

/** The known device as an entry of `amr`. It meets no challenge; rules may ask for it. */
export function deviceProof(deviceId: string): string {
  return `${DEVICE}${deviceId}`;
}

/** The known device that a sign-in came from, if any. */
export function deviceOf(amr: readonly string[]): string | null {
  return amr.find((entry) => entry.startsWith(DEVICE))?.slice(DEVICE.length) ?? null;
}

/** What people did, of all that a sign-in proved. */
export function mechanismsOf(amr: readonly string[]): string[] {
  return amr.filter((entry) => !entry.startsWith(DEVICE));
}

export function createPolicy({ read }: { read: Pick<Reader, 'devices'> }): Policy {
  /** A device that was taken back since is none. */
  async function isKnown({ user }: Subject, id: string): Promise<boolean> {
    const device = await read.devices.find(user.tenantId, id);
    return device?.userId === user.id && device.createdAt >= user.validAfter;
  }

  async function withDevice(facts: SignInFacts, amr: readonly string[]): Promise<SignInFacts> {
    const { tenant, subject, appId, source } = facts;
    const id = deviceOf(amr);
    const isKnownDevice = subject !== null && id !== null && (await isKnown(subject, id));
    return { tenant, subject, appId, source, isKnownDevice };
  }

  async function missing(given: SignInFacts, amr: readonly string[]): Promise<Challenges> {
    const facts = await withDevice(given, amr);
    const challenges = challengesFor(facts);
    return amr.includes(PASSKEY) && !chosenProfile(facts) ? [] : unmet(challenges, amr);
  }

  return {
    missing,
    suffices: async (tenant, subject, appId, { amr, source }) =>
      (await missing({ tenant, subject, appId, source }, amr)).length === 0,
    async stillSuffices(tenant, subject, appId, { amr, source }) {
      const facts = await withDevice({ tenant, subject, appId, source }, amr);
      return chosenProfile(facts) === null || (await missing(facts, amr)).length === 0;
    },
  };
}

/** What a sign-in must meet. */
export function challengesFor(facts: SignInFacts): Challenges {
  return chosenProfile(facts)?.challenges ?? defaultProfile(facts.subject?.enrolled ?? []);
}

/** The first profile that the space-separated `acr_values` names. @see OpenID Connect Core 1.0 section 3.1.2.1 */
export function profileNamed(
  { authentication }: Tenant,
  acrValues: string | undefined,
): AuthenticationProfile | null {
  const names = acrValues?.split(' ') ?? [];
  const named = names.map((wanted) => authentication.profiles.find(({ name }) => name === wanted));
  return named.find((profile) => profile !== undefined) ?? null;
}

/** Whether it makes any difference that a device is known. */
export function asksForDevice({ authentication }: Tenant): boolean {
  return authentication.rules.some(({ device = 'any' }) => device !== 'any');
}

/** The profile of the first rule that fits; null when the default holds. */
function chosenProfile(facts: SignInFacts): AuthenticationProfile | null {
  const { profiles, rules } = facts.tenant.authentication;
  const rule = rules.find((candidate) => fits(candidate, facts));
  return profiles.find(({ name }) => name === rule?.profile) ?? null;
}

/** The password, then any one of the second factors. Rule 11. */
function defaultProfile(enrolled: readonly string[]): Challenges {
  return enrolled.some((name) => name !== RECOVERY) ? [['UP'], enrolled] : [['UP']];
}

/**
 * What is left of `challenges` when each mechanism of `amr` meets at most one of them: the smallest such rest, in
 * order. Lists are short, so every way of matching is tried.
 */
export function unmet(challenges: Challenges, amr: readonly string[]): Challenges {
  const [first, ...rest] = challenges;
  if (!first) return [];
  const without: Challenges = [first, ...unmet(rest, amr)];
  const choices = [...new Set(amr)].filter((name) => meets(name, first));
  const ways = choices.map((name) =>
    unmet(
      rest,
      amr.filter((other) => other !== name),
    ),
  );
  return [...ways, without].reduce((best, way) => (way.length < best.length ? way : best));
}

function meets(name: string, challenge: readonly string[]): boolean {
  return challenge.includes(name === PASSKEY ? 'U2F' : name);
}

/** Whether the rule is for such a sign-in. */
export function fits(
  { roleIds, appIds, networks, device = 'any' }: TenantRule,
  { subject, appId, source, isKnownDevice = false }: SignInFacts,
): boolean {
  if (device !== 'any' && (device === 'known') !== isKnownDevice) return false;
  const roles = subject ? subject.roles.map((role) => role.id) : ['everybody'];
  if (roleIds.length > 0 && !roleIds.some((id) => roles.includes(id))) return false;
  if (appIds.length > 0 && (appId === null || !appIds.includes(appId))) return false;
  return networks.length === 0 || networks.some((network) => contains(network, source));
}

/** Whether the address lies in the range, or is the address. One that cannot be read lies in none. */
function contains(network: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const at = ipaddr.process(address);
  const [range, bits] = network.includes('/') ? ipaddr.parseCIDR(network) : [ipaddr.parse(network), null];
  if (range.kind() !== at.kind()) return false;
  return at.match(range, bits ?? (at.kind() === 'ipv4' ? 32 : 128));
}
