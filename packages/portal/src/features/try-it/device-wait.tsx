import { Alert, Anchor, Code, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refusalText } from './grant-form.js';
import { awaitDevice, type DeviceAnswer, type TryClient, WindowClosed } from './run-grant.js';
import type { Gained } from './try-it.js';

interface DeviceWaitProps {
  client: TryClient;
  device: DeviceAnswer;
  onToken(gained: Gained): void;
}

/** Shows the code and waits until somebody has entered it. @see RFC 8628 section 3.3 */
export function DeviceWait({ client, device, onToken }: DeviceWaitProps) {
  const { t } = useTranslation();
  const [fault, setFault] = useState<unknown>(null);
  const [done, setDone] = useState(false);
  useEffect(() => {
    const leaving = new AbortController();
    awaitDevice(client, device, leaving.signal).then(
      (answer) => {
        setDone(true);
        onToken({ client, answer });
      },
      (error: unknown) => {
        if (!(error instanceof WindowClosed)) setFault(error);
      },
    );
    return () => leaving.abort();
  }, [client, device, onToken]);
  if (done) return null;
  return (
    <Alert color={fault === null ? 'gray' : 'red'} title={t('tryIt.deviceTitle')}>
      {fault === null ? (
        <Stack gap="xs">
          <Text size="sm">
            {t('tryIt.deviceText')}{' '}
            <Anchor
              href={device.verification_uri_complete ?? device.verification_uri}
              target="_blank"
              rel="noreferrer"
            >
              {device.verification_uri}
            </Anchor>
          </Text>
          <Code fz="lg">{device.user_code}</Code>
          <Loader size="sm" aria-label={t('common.loading')} />
        </Stack>
      ) : (
        refusalText(fault, t)
      )}
    </Alert>
  );
}
