import type { ReactNode } from 'react';
import classes from './side-pages.module.css';

interface SidePagesProps {
  /** Names the menu. */
  label: string;
  /** `MenuLink`s. */
  menu: ReactNode;
  children: ReactNode;
}

/** The parts of one object: their menu at the left, or above on a phone, and the part that is open. */
export function SidePages({ label, menu, children }: SidePagesProps) {
  return (
    <div className={classes.screen}>
      <nav aria-label={label} className={classes.menu}>
        {menu}
      </nav>
      <div>{children}</div>
    </div>
  );
}
