/** The frame around every page: header with the tenant's name, menu at the side, content. */
import { Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './frame.module.css';
import { Mark } from './mark.js';

interface FrameProps {
  tenant: string;
  /** Names the menu: which portal this is. */
  label: string;
  /** `MenuLink`s. */
  menu: ReactNode;
  /** Search, at the middle of the header. */
  search?: ReactNode;
  /** Theme and user menu, at its right. */
  tools: ReactNode;
  /** What the reader should know wherever they are, above the page. */
  notice?: ReactNode;
  /** In place of the page, when the reader may not see any. */
  content?: ReactNode;
}

/** What a tenant is called until it is given a name. */
const PRODUCT = 'Sallyport';

export function Frame({ tenant, label, menu, search, tools, notice, content }: FrameProps) {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  useEffect(() => {
    if (pathname) close();
  }, [pathname, close]);

  return (
    <>
      <a className={classes.skip} href="#content">
        {t('frame.skip')}
      </a>
      <header className={classes.header}>
        <Burger
          opened={opened}
          onClick={toggle}
          hiddenFrom="sm"
          size="sm"
          aria-expanded={opened}
          aria-controls="menu"
          aria-label={opened ? t('frame.closeMenu') : t('frame.openMenu')}
        />
        <Group gap="xs" wrap="nowrap" className={classes.brand}>
          <Mark />
          <Text fw={600} truncate>
            {tenant !== PRODUCT && <span className={classes.product}>{PRODUCT} · </span>}
            {tenant}
          </Text>
        </Group>
        <div className={classes.search}>{search}</div>
        <Group gap="xs" wrap="nowrap">
          {tools}
        </Group>
      </header>
      <div className={classes.body}>
        <nav id="menu" aria-label={label} className={classes.menu} data-opened={opened}>
          {menu}
        </nav>
        <main id="content" tabIndex={-1} className={classes.main}>
          <div className={classes.page}>
            {notice}
            {content ?? <Outlet />}
          </div>
        </main>
      </div>
    </>
  );
}
