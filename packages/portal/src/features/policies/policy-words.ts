/** Profiles and rules as sentences. */
import type { AuthenticationRule } from '@sallyport/contract';
import type { Translate } from '../../i18n/i18n.js';
import { anyMechanism } from '../account/mechanism-name.js';

export interface Words {
  t: Translate;
  language: string;
}

export function challengeText(mechanisms: readonly string[], index: number, { t, language }: Words): string {
  const names = anyMechanism(mechanisms, t, language);
  return index === 0 ? names : t('policies.afterwards', { names });
}

/** Whom a rule fits: "Members of Developers, at reports, from 10.0.0.0/8". */
export function ruleText(
  { roles, apps, networks, device }: Pick<AuthenticationRule, 'roles' | 'apps' | 'networks' | 'device'>,
  words: Words,
): string {
  const { t, language } = words;
  const any = (items: readonly string[]) =>
    new Intl.ListFormat(language, { type: 'disjunction' }).format(items);
  const who = roles.length === 0 ? t('policies.everybody') : t('policies.members', { roles: any(roles) });
  const parts = [who];
  if (apps.length > 0) parts.push(t('policies.at', { apps: any(apps) }));
  if (networks.length > 0) parts.push(t('policies.from', { networks: any(networks) }));
  if (device !== 'any') parts.push(t(`policies.on.${device}`));
  return parts.join(', ');
}
