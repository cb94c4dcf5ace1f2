import { NativeSelect, Text } from '@mantine/core';
import { AUDIT_TYPES, type AuditEvent } from '@sallyport/contract';
import { IconBan, IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../ui/copy-button.js';
import { type Column, DataList } from '../../ui/data-list.js';
import { TextLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { appNamesQuery, type Filter, filterOf, GROUP_NAMES, loadEvents } from './audit-data.js';
import classes from './audit-page.module.css';
import { eventWords, isDenial, reasonWords } from './event-words.js';

export function AuditPage() {
  const { t } = useTranslation();
  const { type } = useSearch({ strict: false });
  const filter = filterOf(type);
  const columns: Column<AuditEvent>[] = [
    { id: 'what', header: t('audit.what'), render: (event) => <What event={event} /> },
    { id: 'who', header: t('audit.who'), wide: true, render: (event) => <Who event={event} /> },
    {
      id: 'from',
      header: t('audit.source'),
      wide: true,
      render: ({ source }) => <div className={classes.source}>{source}</div>,
    },
    { id: 'when', header: t('audit.when'), render: ({ at }) => <RelativeTime at={at} /> },
    {
      id: 'copy',
      header: t('audit.correlationId'),
      actions: true,
      render: ({ correlationId }) => <CopyButton value={correlationId} what={t('audit.correlationId')} />,
    },
  ];
  return (
    <>
      <PageHeader title={t('menu.audit')} lead={t('audit.lead')} />
      <DataList
        label={t('menu.audit')}
        searchLabel={t('audit.search')}
        queryKey={['events', filter ?? 'all']}
        load={(query) => loadEvents(filter, query)}
        columns={columns}
        rowId={({ id }) => id}
        filters={<TypeFilter filter={filter} />}
        isFiltered={filter !== undefined}
        empty={{ title: t('audit.emptyTitle'), text: t('audit.emptyText') }}
      />
    </>
  );
}

function TypeFilter({ filter }: { filter: Filter | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <NativeSelect
      label={t('audit.typeLabel')}
      value={filter ?? ''}
      data={[
        { value: '', label: t('audit.everything') },
        {
          group: t('audit.groups'),
          items: GROUP_NAMES.map((name) => ({ value: name, label: t(`audit.group.${name}`) })),
        },
        {
          group: t('audit.types'),
          items: AUDIT_TYPES.map((type) => ({ value: type, label: eventWords(type, t) })),
        },
      ]}
      onChange={({ currentTarget: { value } }) => {
        const type = value === '' ? undefined : value;
        void navigate({ to: '.', search: (old) => ({ ...old, type, after: undefined }), replace: true });
      }}
    />
  );
}

/** What happened and why; on a phone, to whom as well. */
function What({ event }: { event: AuditEvent }) {
  const { t } = useTranslation();
  const denied = isDenial(event.type);
  const Icon = denied ? IconBan : IconCheck;
  return (
    <>
      <Text component="div" fw={600} className={classes.what} data-denied={denied}>
        <Icon size={16} aria-hidden />
        {eventWords(event.type, t)}
      </Text>
      <Text size="sm">{reasonWords(event, t)}</Text>
      <Text size="sm" c="dimmed" component="div" hiddenFrom="sm">
        <Who event={event} />
      </Text>
    </>
  );
}

function Who({ event: { userId, userName, clientId, appId } }: { event: AuditEvent }) {
  const { t } = useTranslation();
  const { data: appNames } = useQuery(appNamesQuery);
  const app = appId === null ? undefined : appNames?.get(appId);
  return (
    <>
      {userId !== null && userName !== null ? (
        <TextLink to="/manage/users/$userId/{-$part}" params={{ userId }}>
          {userName}
        </TextLink>
      ) : (
        userName
      )}
      {clientId !== null && clientId !== userName && (
        <div>
          {app ? t('audit.clientOfApp', { client: clientId, app }) : t('audit.client', { client: clientId })}
        </div>
      )}
    </>
  );
}
