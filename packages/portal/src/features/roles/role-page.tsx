import { Badge, Group } from '@mantine/core';
import type { Role } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { path, type Versioned } from '../../api.js';
import { ApiRequest } from '../../ui/api-request.js';
import { MenuLink, TextLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { Section } from '../../ui/section.js';
import { SidePages } from '../../ui/side-pages.js';
import { ErrorState, PageSkeleton } from '../../ui/states.js';
import { ChangeLog } from '../changelog/change-log.js';
import { DeleteRole } from './delete-role.js';
import { RoleApps } from './role-apps.js';
import { roleQuery } from './role-data.js';
import { RoleDescription } from './role-description.js';
import { RoleMembers } from './role-members.js';
import { RoleRights } from './role-rights.js';

const PARTS = ['description', 'members', 'rights', 'apps', 'changelog'] as const;
type Part = (typeof PARTS)[number];

export function RolePage() {
  const { t } = useTranslation();
  const { roleId = '', part } = useParams({ strict: false });
  const query = useQuery(roleQuery(roleId));
  if (query.isPending) return <PageSkeleton />;
  if (query.isError)
    return (
      <>
        <PageHeader title={t('roles.role')} trail={<Trail />} />
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      </>
    );
  const { value: role } = query.data;
  const current = PARTS.find((known) => known === part) ?? 'description';
  return (
    <>
      <PageHeader
        trail={<Trail />}
        title={role.name}
        lead={
          role.builtIn && (
            <Group component="span">
              <Badge variant="outline" color="gray">
                {t('roles.builtIn')}
              </Badge>
            </Group>
          )
        }
        actions={
          <>
            <ApiRequest method="GET" target={path('roles', roleId)} />
            <DeleteRole role={role} />
          </>
        }
      />
      <SidePages
        label={t('roles.parts')}
        menu={PARTS.map((part) => (
          <MenuLink
            key={part}
            to="/manage/roles/$roleId/{-$part}"
            params={{ roleId, part }}
            search={{}}
            active={part === current}
            aria-current={part === current ? 'page' : undefined}
            label={t(`roles.part.${part}`)}
          />
        ))}
      >
        <RolePart part={current} read={query.data} />
      </SidePages>
    </>
  );
}

function Trail() {
  const { t } = useTranslation();
  return <TextLink to="/manage/roles">{t('menu.roles')}</TextLink>;
}

function RolePart({ part, read }: { part: Part; read: Versioned<Role> }) {
  const { t } = useTranslation();
  const { value: role } = read;
  if (part === 'members') return <RoleMembers role={role} />;
  if (part === 'rights') return <RoleRights read={read} />;
  if (part === 'apps') return <RoleApps role={role} />;
  if (part === 'changelog')
    return (
      <Section title={t('menu.changelog')}>
        <ChangeLog object={`roles/${role.id}`} />
      </Section>
    );
  return <RoleDescription read={read} />;
}
