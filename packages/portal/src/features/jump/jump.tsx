/** "Search or jump to…": any app, user, role or page, by ⌘K from anywhere. The list itself is loaded when first used. */
import { ActionIcon, Button, Kbd } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './jump.module.css';

const JumpDialog = lazy(async () => ({ default: (await import('./jump-dialog.js')).JumpDialog }));

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

export function Jump() {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure();
  useHotkeys([['mod+K', open]], []);
  return (
    <>
      <Button
        visibleFrom="sm"
        w="min(24rem, 100%)"
        classNames={{ label: classes.label }}
        fw={400}
        c="dimmed"
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={<Kbd aria-hidden>{isApple ? '⌘K' : 'Ctrl K'}</Kbd>}
        onClick={open}
      >
        {t('jump.label')}
      </Button>
      <ActionIcon hiddenFrom="sm" ml="auto" aria-label={t('jump.label')} onClick={open}>
        <IconSearch size={20} aria-hidden />
      </ActionIcon>
      {opened && (
        <Suspense>
          <JumpDialog onClose={close} />
        </Suspense>
      )}
    </>
  );
}
