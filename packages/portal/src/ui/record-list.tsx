import type { ReactNode } from 'react';
import classes from './record-list.module.css';

/** A short list of things, each with its words and its buttons. */
export function RecordList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={classes.list} aria-label={label}>
      {children}
    </ul>
  );
}

export function Record({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  return (
    <li className={classes.record}>
      <div className={classes.words}>{children}</div>
      {actions}
    </li>
  );
}
