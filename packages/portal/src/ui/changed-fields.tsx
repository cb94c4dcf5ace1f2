import type { ChangedField } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import classes from './changed-fields.module.css';

interface ChangedFieldsProps {
  fields: readonly ChangedField[];
  labelOf(field: string): string;
  /** A value in lines: what differs is marked line by line. Nothing at all has none. */
  linesOf(field: string, value: unknown): string[];
}

/** More fields than this are folded away. */
const OPEN_FIELDS = 6;

/** Each field of a change with its value before and after, side by side. */
export function ChangedFields(props: ChangedFieldsProps) {
  const { t } = useTranslation();
  const { fields } = props;
  if (fields.length <= OPEN_FIELDS) return <Fields {...props} />;
  return (
    <details>
      <summary className={classes.summary}>{t('changes.fields', { count: fields.length })}</summary>
      <Fields {...props} />
    </details>
  );
}

function Fields({ fields, labelOf, linesOf }: ChangedFieldsProps) {
  const { t } = useTranslation();
  return (
    <dl className={classes.fields}>
      {fields.map(({ field, old, new: next }) => {
        const before = linesOf(field, old);
        const after = linesOf(field, next);
        return (
          <div key={field} className={classes.field}>
            <dt>{labelOf(field)}</dt>
            <Side side="before" label={t('changes.before')} lines={before} other={after} />
            <Side side="after" label={t('changes.after')} lines={after} other={before} />
          </div>
        );
      })}
    </dl>
  );
}

interface SideProps {
  side: 'before' | 'after';
  label: string;
  lines: string[];
  other: string[];
}

function Side({ side, label, lines, other }: SideProps) {
  const Mark = side === 'before' ? 'del' : 'ins';
  return (
    <dd className={classes.side} data-side={side}>
      <span className={classes.label}>{label}</span>
      {lines.length === 0 && <span>–</span>}
      {lines.map((line) =>
        other.includes(line) ? <span key={line}>{line}</span> : <Mark key={line}>{line}</Mark>,
      )}
    </dd>
  );
}
