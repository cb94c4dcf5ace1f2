import { Code } from '@mantine/core';
import classes from './code-block.module.css';
import { CopyButton } from './copy-button.js';

/** A program to be copied; long lines wrap, so that nothing has to be scrolled sideways. */
export function CodeBlock({ code, what }: { code: string; what: string }) {
  return (
    <div className={classes.block}>
      <Code block>{code}</Code>
      <div className={classes.copy}>
        <CopyButton value={code} what={what} worded />
      </div>
    </div>
  );
}
