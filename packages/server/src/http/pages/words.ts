/** In which language a page speaks: the first one of the browser's list that there is, else English. */
import type { FastifyRequest } from 'fastify';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { GERMAN } from './german.js';

/** A sentence of the catalogue, by its English wording; `{name}` stands for a value. */
export type Text = keyof typeof GERMAN;

export interface Words {
  language: 'en' | 'de';
  say(text: Text, values?: Readonly<Record<string, string>>): string;
  /** What core tells people: translated where the catalogue has it. */
  told(text: string): string;
}

const KNOWN: ReadonlyMap<string, string> = new Map(Object.entries(GERMAN));

function filled(text: string, values: Readonly<Record<string, string>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

const ENGLISH_WORDS: Words = { language: 'en', say: filled, told: (text) => text };
const GERMAN_WORDS: Words = {
  language: 'de',
  say: (text, values) => filled(GERMAN[text], values),
  told: (text) => KNOWN.get(text) ?? text,
};

/**
 * By what the client asked for, if that is one of the two, else by the browser's list.
 * @see OpenID Connect Core 1.0 section 3.1.2.1 (ui_locales), RFC 9110 section 12.5.4
 */
export function wordsFor({ headers, uiLocales }: Pick<FastifyRequest, 'headers' | 'uiLocales'>): Words {
  const asked = (uiLocales ?? '').split(' ', 20).map((tag) => preference(tag).language);
  const accepted = (headers['accept-language'] ?? '').split(',').slice(0, 20).map(preference);
  const [best] = accepted.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  const language = asked.find((tag) => tag === 'en' || tag === 'de') ?? best?.language;
  return language === 'de' ? GERMAN_WORDS : ENGLISH_WORDS;
}

/** Any other language than the two that there are weighs nothing. */
function preference(range: string): { language: string; weight: number } {
  const [tag = '', quality = 'q=1'] = range.split(';').map((part) => part.trim().toLowerCase());
  const [language = ''] = tag.split('-');
  const weight = Number(/^q=([\d.]+)$/.exec(quality)?.[1] ?? 0);
  return { language, weight: language === 'en' || language === 'de' ? weight : 0 };
}

/** Filled in by the frame of every page. */
export const WordsOfPage = createContext<Words>(ENGLISH_WORDS);

export function useWords(): Words {
  return useContext(WordsOfPage);
}
