/** Where one can jump to: pages by their name, records by what the server finds. */
import { App, RoleSummary, UserSummary } from '@sallyport/contract';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, path } from '../../api.js';
import { isReadable, useMayRead, useRight } from '../session/session.js';

export interface Place {
  id: string;
  to: string;
  label: string;
  /** Tells two of the same label apart. */
  note?: string;
}

const PAGES = [
  { to: '/manage', key: 'dashboard' },
  { to: '/manage/apps', key: 'apps' },
  { to: '/manage/users', key: 'users' },
  { to: '/manage/users/new', key: 'newUser' },
  { to: '/manage/roles', key: 'roles' },
  { to: '/manage/policies', key: 'policies' },
  { to: '/manage/traffic', key: 'traffic' },
  { to: '/manage/changelog', key: 'changelog' },
  { to: '/manage/audit', key: 'audit' },
  { to: '/manage/settings', key: 'settings' },
  { to: '/my', key: 'myApps' },
  { to: '/my/permissions', key: 'myPermissions' },
  { to: '/my/sessions', key: 'mySessions' },
  { to: '/my/security', key: 'mySecurity' },
] as const;

/** Pages whose name holds `words`. */
export function usePages(words: string): Place[] {
  const { t } = useTranslation();
  const mayRead = useMayRead();
  const mayCreateUsers = useRight('User Management');
  const shown = PAGES.filter(({ key }) =>
    key === 'newUser' ? mayCreateUsers : !isReadable(key) || mayRead(key),
  );
  return shown
    .map(({ to, key }) => ({
      id: to,
      to,
      label: key === 'newUser' ? t('jump.newUser') : t(`menu.${key}`),
    }))
    .filter(({ label }) => label.toLowerCase().includes(words.toLowerCase()));
}

const FOUND = 6;

const KINDS = [
  {
    key: 'apps',
    find: async (search: string): Promise<Place[]> =>
      (await api.page('/apps', App, { search, limit: FOUND })).items.map(({ id, applicationId, name }) => ({
        id,
        to: `/manage/apps${path(applicationId)}`,
        label: name,
        note: applicationId,
      })),
  },
  {
    key: 'users',
    find: async (search: string): Promise<Place[]> =>
      (await api.page('/users', UserSummary, { search, limit: FOUND })).items.map((user) => ({
        id: user.id,
        to: `/manage/users${path(user.id)}`,
        label: user.displayName,
        note: user.loginName,
      })),
  },
  {
    key: 'roles',
    find: async (search: string): Promise<Place[]> =>
      (await api.page('/roles', RoleSummary, { search, limit: FOUND })).items.map(({ id, name }) => ({
        id,
        to: `/manage/roles${path(id)}`,
        label: name,
      })),
  },
] as const;

/** Records that match `search`, of the kinds that the reader may see. */
export function useRecords(search: string) {
  const mayRead = useMayRead();
  const kinds = KINDS.filter(({ key }) => mayRead(key));
  const answers = useQueries({
    queries: kinds.map(({ key, find }) => ({
      queryKey: [key, 'jump', search],
      queryFn: () => find(search),
      enabled: search !== '',
      placeholderData: keepPreviousData,
    })),
  });
  return {
    groups: kinds.map(({ key }, index) => ({
      key,
      places: search === '' ? [] : (answers[index]?.data ?? []),
    })),
    isPending: search !== '' && answers.some(({ isFetching }) => isFetching),
  };
}
