import { Notification } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './notices.module.css';
import { dismissNotice, noticeStore } from './notify.js';

/** The corner where notices appear; read out as they come. */
export function Notices() {
  const { t } = useTranslation();
  const notices = useSyncExternalStore(noticeStore.subscribe, noticeStore.current);
  return (
    <div className={classes.corner} role="status">
      {notices.map(({ id, message, failed }) => (
        <Notification
          key={id}
          color={failed ? 'red' : 'pine'}
          withBorder
          closeButtonProps={{ 'aria-label': t('common.dismiss') }}
          onClose={() => dismissNotice(id)}
        >
          {message}
        </Notification>
      ))}
    </div>
  );
}
