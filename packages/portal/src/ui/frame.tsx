/** The frame around every page: header with the tenant's name, menu at the side, content. */
import { Burger, Group, Text } from '@mantine/core';
import { useDisclosure, useMediaQuery, useWindowEvent } from '@mantine/hooks';
import { Outlet, useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusContent } from './focus-content.js';
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

/** Where the menu lies over the page. */
const PHONE = '(max-width: 48em)';

/** What a tenant is called until it is given a name. */
const PRODUCT = 'Sallyport';

export function Frame({ tenant, label, menu, search, tools, notice, content }: FrameProps) {
  const { t } = useTranslation();
  const { opened, toggle, isOver, burger } = useMenu();
  const main = useRef<HTMLElement>(null);
  useFocusContent(main);

  return (
    <>
      <a className={classes.skip} href="#content">
        {t('frame.skip')}
      </a>
      <header className={classes.header}>
        <Burger
          ref={burger}
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
        <Group gap="xs" wrap="nowrap" className={classes.tools}>
          {tools}
        </Group>
      </header>
      <div className={classes.body}>
        <nav id="menu" aria-label={label} className={classes.menu} data-opened={opened}>
          {menu}
        </nav>
        <main id="content" ref={main} inert={isOver} tabIndex={-1} className={classes.main}>
          <div className={classes.page}>
            {notice}
            {content ?? <Outlet />}
          </div>
        </main>
      </div>
    </>
  );
}

/** The menu of a phone, which goes with Escape and with the page that it led from. */
function useMenu() {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const burger = useRef<HTMLButtonElement>(null);
  const isOver = useMediaQuery(PHONE) === true && opened;
  useWindowEvent('keydown', ({ key }) => {
    if (key !== 'Escape' || !isOver) return;
    close();
    burger.current?.focus();
  });
  useEffect(() => {
    if (pathname) close();
  }, [pathname, close]);
  return { opened, toggle, isOver, burger };
}
