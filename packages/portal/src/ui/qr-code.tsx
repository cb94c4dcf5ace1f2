import classes from './qr-code.module.css';

/** Light modules around a code. @see ISO/IEC 18004 section 5.3.8 */
const QUIET = 4;

interface QrCodeProps {
  /** From the top; each one character per module, `1` where it is dark. */
  rows: readonly string[];
  label: string;
}

export function QrCode({ rows, label }: QrCodeProps) {
  const size = rows.length + 2 * QUIET;
  const dark = rows.flatMap((row, y) =>
    [...row.matchAll(/1+/g)].map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`),
  );
  return (
    <svg
      className={classes.code}
      viewBox={`${-QUIET} ${-QUIET} ${size} ${size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <path fill="currentColor" d={dark.join('')} />
    </svg>
  );
}
