/** What a user's second factors are needed for, in words. Read by the user or by an administrator. */
import { List, Text } from '@mantine/core';
import { type Factor, type FactorOutlook, SignInOutlook, type SignInPlace } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.js';
import type { Translate } from '../../i18n/i18n.js';
import { RelativeTime } from '../../ui/relative-time.js';
import type { Account } from './account-data.js';
import { mechanismName } from './mechanism-name.js';

export const outlookQuery = (account: Account) =>
  queryOptions({
    queryKey: [...account.key, 'sign-in'],
    queryFn: () => api.get(`${account.path}/sign-in`, SignInOutlook),
  });

export function outlookOf(outlook: SignInOutlook, factor: Factor): FactorOutlook | undefined {
  return outlook.factors.find(({ factorId }) => factorId === factor.id);
}

/** A place to sign in to: "Reports", "the portals", with its networks where it holds there alone. */
export function placeText({ applicationId, name, networks }: SignInPlace, t: Translate): string {
  const place = applicationId === null ? t('account.portals') : name;
  return networks.length === 0 ? place : t('account.placeFrom', { place, networks: networks.join(', ') });
}

export function PlaceList({ places }: { places: readonly SignInPlace[] }) {
  const { t } = useTranslation();
  return (
    <List size="sm">
      {places.map((place) => {
        const text = placeText(place, t);
        return <List.Item key={text}>{text}</List.Item>;
      })}
    </List>
  );
}

/** Name, label and age of a second factor. */
export function FactorWords({ factor }: { factor: Factor }) {
  const { t } = useTranslation();
  return (
    <>
      <Text fw={600}>{factorName(factor, t)}</Text>
      <Text size="sm" c="dimmed" component="div">
        {t('account.enrolled')} <RelativeTime at={factor.createdAt} />
        {factor.count !== null &&
          ` · ${factor.mechanism === 'RECOVERY' ? t('account.codesLeft', { count: factor.count }) : t('account.questions', { count: factor.count })}`}
      </Text>
    </>
  );
}

/** "Passkey: Work laptop", to tell it from another one. */
export function factorName({ mechanism, label }: Factor, t: Translate): string {
  const name = mechanismName(mechanism, t);
  return label === null ? name : t('account.labelled', { name, label });
}
