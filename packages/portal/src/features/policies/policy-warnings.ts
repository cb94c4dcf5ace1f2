/** What profiles and rules would make unusable. A hint for administrators; the server decides at each sign-in. */
import type {
  AuthenticationProfile,
  AuthenticationRule,
  AuthenticationSettings,
  MechanismState,
} from '@sallyport/contract';
import type { Translate } from '../../i18n/i18n.js';
import { mechanismName } from '../account/mechanism-name.js';

export interface Warning {
  text: string;
  /** Whether it keeps people out. */
  grave: boolean;
}

export type States = ReadonlyMap<string, MechanismState>;

function canAnybodyMeet(mechanism: string, states: States): boolean {
  const state = states.get(mechanism);
  return !state || (state.needs === null && state.enrolled !== 0);
}

/** Places, from 1, of the challenges that nobody can meet. */
function impossibleChallenges({ challenges }: AuthenticationProfile, states: States): number[] {
  return challenges.flatMap((mechanisms, i) =>
    mechanisms.some((mechanism) => canAnybodyMeet(mechanism, states)) ? [] : [i + 1],
  );
}

export function profileWarnings(profile: AuthenticationProfile, states: States, t: Translate): Warning[] {
  const impossible = impossibleChallenges(profile, states).map((number) => ({
    text: t('policies.warn.nobody', { number }),
    grave: true,
  }));
  const named = new Set(profile.challenges.flat());
  const lacking = [...named].flatMap((mechanism) => {
    const state = states.get(mechanism);
    const name = mechanismName(mechanism, t);
    if (state?.needs) return [{ text: t(`policies.warn.${state.needs}`, { name }), grave: false }];
    return state?.enrolled === 0 ? [{ text: t('policies.warn.notEnrolled', { name }), grave: false }] : [];
  });
  const elsewhere = profile.challenges.some((mechanisms) => mechanisms.every((name) => name === 'OTP'));
  const passing = elsewhere ? [{ text: t('policies.warn.elsewhere'), grave: false }] : [];
  return [...impossible, ...lacking, ...passing];
}

export function ruleWarnings(
  { profiles, rules }: AuthenticationSettings,
  index: number,
  states: States,
  t: Translate,
): Warning[] {
  const rule = rules[index];
  if (!rule) return [];
  const warnings: Warning[] = [];
  const before = rules.slice(0, index).findIndex((earlier) => covers(earlier, rule));
  if (before !== -1)
    warnings.push({ text: t('policies.warn.unreached', { number: before + 1 }), grave: false });
  const profile = profiles.find(({ name }) => name === rule.profile);
  if (!profile) warnings.push({ text: t('policies.warn.noProfile', { name: rule.profile }), grave: true });
  else if (impossibleChallenges(profile, states).length > 0)
    warnings.push({ text: t('policies.warn.keepsOut'), grave: true });
  return warnings;
}

/** Whether every sign-in that `rule` fits is one that `earlier` fits. */
function covers(earlier: AuthenticationRule, rule: AuthenticationRule): boolean {
  const isSameDevice = earlier.device === 'any' || earlier.device === rule.device;
  return (
    isSameDevice &&
    (['roles', 'apps', 'networks'] as const).every(
      (list) =>
        earlier[list].length === 0 ||
        (rule[list].length > 0 && rule[list].every((item) => earlier[list].includes(item))),
    )
  );
}
