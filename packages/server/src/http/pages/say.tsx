import { Fragment, type VNode } from 'preact';
import { type Text, useWords } from './words.js';

interface SayProps {
  text: Text;
  /** What stands for each `{name}` of the sentence. */
  values?: Readonly<Record<string, VNode | string>>;
}

/** A sentence of the catalogue in the page's language, with marked-up values in it. */
export function Say({ text, values = {} }: SayProps): VNode {
  const parts = useWords()
    .say(text)
    .split(/\{(\w+)\}/);
  return (
    <>
      {parts.map((part, at) => (
        <Fragment key={part}>{at % 2 === 0 ? part : values[part]}</Fragment>
      ))}
    </>
  );
}
