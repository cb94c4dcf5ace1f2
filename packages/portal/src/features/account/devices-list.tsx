import { Badge, Button, Group, Text } from '@mantine/core';
import { KnownDevice } from '@sallyport/contract';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, path } from '../../api.js';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { notifyDone } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { RelativeTime } from '../../ui/relative-time.js';
import type { Account } from './account-data.js';
import { deviceOf, deviceText } from './device.js';

const devicesQuery = (account: Account) =>
  queryOptions({
    queryKey: [...account.key, 'devices'],
    queryFn: () => api.list(`${account.path}/devices`, KnownDevice),
  });

interface DevicesListProps {
  account: Account;
  /** Whether the reader may have them forgotten. */
  mayForget: boolean;
}

/** The browsers that the user had remembered, with a button to forget each. */
export function DevicesList({ account, mayForget }: DevicesListProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState<KnownDevice | null>(null);
  return (
    <>
      <QueryStates query={useQuery(devicesQuery(account))} what={t('account.devices')}>
        {(devices) =>
          devices.length === 0 ? (
            <Text size="sm">{t('account.noDevices')}</Text>
          ) : (
            <RecordList label={t('account.devices')}>
              {devices.map((device) => (
                <Record
                  key={device.id}
                  actions={
                    mayForget && (
                      <Button
                        size="compact-sm"
                        aria-label={t('account.forgetWhat', { what: deviceText(device.userAgent, t) })}
                        onClick={() => setLeaving(device)}
                      >
                        {t('account.forget')}
                      </Button>
                    )
                  }
                >
                  <DeviceWords device={device} />
                </Record>
              ))}
            </RecordList>
          )
        }
      </QueryStates>
      <ConfirmDanger
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t('account.forgetTitle')}
        action={t('account.forget')}
        perform={async () => {
          if (!leaving) return;
          await api.act('DELETE', `${account.path}/devices${path(leaving.id)}`);
          await queries.invalidateQueries({ queryKey: account.key });
          notifyDone(t('account.forgotten'));
        }}
      >
        {leaving && t('account.forgetText', { device: deviceText(leaving.userAgent, t) })}
      </ConfirmDanger>
    </>
  );
}

function DeviceWords({ device }: { device: KnownDevice }) {
  const { t } = useTranslation();
  const Icon = deviceOf(device.userAgent).mobile ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <>
      <Group gap="xs">
        <Icon size={18} aria-hidden />
        <Text fw={600}>{deviceText(device.userAgent, t)}</Text>
        {device.current && <Badge variant="outline">{t('account.thisSession')}</Badge>}
      </Group>
      <Text size="sm" c="dimmed" component="div">
        {t('account.from', { source: device.source })} · {t('account.lastSeen')}{' '}
        <RelativeTime at={device.lastSeenAt} /> · {t('account.rememberedUntil')}{' '}
        <RelativeTime at={device.expiresAt} />
      </Text>
    </>
  );
}
