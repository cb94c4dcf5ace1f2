import { useTranslation } from 'react-i18next';

const UNIT = { s: 'second', m: 'minute', h: 'hour', d: 'day' } as const;

/** A function that says a lifetime such as `5h` in the reader's language: "5 hours". */
export function useLifetimeText(): (lifetime: string) => string {
  const { i18n } = useTranslation();
  return (lifetime) => {
    const match = /^(\d+)([smhd])$/.exec(lifetime);
    const letter = match?.[2];
    if (letter !== 's' && letter !== 'm' && letter !== 'h' && letter !== 'd') return lifetime;
    const style = { style: 'unit', unit: UNIT[letter], unitDisplay: 'long' } as const;
    return new Intl.NumberFormat(i18n.language, style).format(Number(match?.[1]));
  };
}
