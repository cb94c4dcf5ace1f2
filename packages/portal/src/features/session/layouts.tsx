/** The two portals' frames with their menus. */
import {
  IconActivity,
  IconApps,
  IconArrowsExchange,
  IconDevices,
  IconGauge,
  IconHistory,
  IconListCheck,
  IconLock,
  IconSettings,
  IconShieldCheck,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Frame } from '../../ui/frame.js';
import { MenuLink } from '../../ui/links.js';
import { ThemeSwitch } from '../../ui/theme-switch.js';
import { Approvals } from '../approvals/approvals.js';
import { Jump } from '../jump/jump.js';
import { NoAdmin } from './no-admin.js';
import { isReadable, useMayRead, useMe, useRight } from './session.js';
import { UserMenu } from './user-menu.js';

const ADMIN_MENU = [
  { to: '/manage', key: 'dashboard', Icon: IconGauge, exact: true },
  { to: '/manage/apps', key: 'apps', Icon: IconApps },
  { to: '/manage/users', key: 'users', Icon: IconUsers },
  { to: '/manage/roles', key: 'roles', Icon: IconUsersGroup },
  { to: '/manage/policies', key: 'policies', Icon: IconListCheck },
  { to: '/manage/traffic', key: 'traffic', Icon: IconArrowsExchange },
  { to: '/manage/changelog', key: 'changelog', Icon: IconHistory },
  { to: '/manage/audit', key: 'audit', Icon: IconActivity },
  { to: '/manage/settings', key: 'settings', Icon: IconSettings },
] as const;

const USER_MENU = [
  { to: '/my', key: 'myApps', Icon: IconApps, exact: true },
  { to: '/my/permissions', key: 'myPermissions', Icon: IconShieldCheck },
  { to: '/my/sessions', key: 'mySessions', Icon: IconDevices },
  { to: '/my/security', key: 'mySecurity', Icon: IconLock },
] as const;

type Menu = typeof ADMIN_MENU | typeof USER_MENU;

function Entries({ menu }: { menu: Menu }) {
  const { t } = useTranslation();
  const mayRead = useMayRead();
  const shown = [...menu].filter(({ key }) => !isReadable(key) || mayRead(key));
  return shown.map((entry) => (
    <MenuLink
      key={entry.to}
      to={entry.to}
      activeOptions={{ exact: 'exact' in entry, includeSearch: false }}
      activeProps={{ active: true }}
      label={t(`menu.${entry.key}`)}
      leftSection={<entry.Icon size={18} aria-hidden />}
    />
  ));
}

export function AdminLayout() {
  const { t } = useTranslation();
  const { tenant } = useMe();
  const admitted = useRight('Admin Portal Login');
  return (
    <Frame
      tenant={tenant.name}
      label={t('frame.adminPortal')}
      menu={admitted && <Entries menu={ADMIN_MENU} />}
      search={admitted && <Jump />}
      content={admitted ? undefined : <NoAdmin />}
      notice={<Approvals opens={false} />}
      tools={
        <>
          <ThemeSwitch />
          <UserMenu portal="admin" />
        </>
      }
    />
  );
}

export function UserLayout() {
  const { t } = useTranslation();
  const { tenant } = useMe();
  return (
    <Frame
      tenant={tenant.name}
      label={t('frame.userPortal')}
      menu={<Entries menu={USER_MENU} />}
      notice={<Approvals opens />}
      tools={
        <>
          <ThemeSwitch />
          <UserMenu portal="user" />
        </>
      }
    />
  );
}
