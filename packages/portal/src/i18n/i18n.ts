/**
 * The message catalogue: one file per language and feature, in two parts: what the first view says is loaded with the
 * language, the rest with the first page that needs it. English is its shape.
 */
import i18next, { type TFunction } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { first } from './en/first.js';
import type { rest } from './en/rest.js';
import { translateFaults } from './faults.js';
import { learn } from './in-words.js';

type English = typeof first & typeof rest;

/** What every language must have: the keys of English. */
export type Catalogue<T = English> = { [K in keyof T]: T[K] extends string ? string : Catalogue<T[K]> };

export type Translate = TFunction;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: English };
  }
}

/** Languages by code, each in its own words. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const STORED_AS = 'sallyport.language';

type Load<T> = Record<Language, () => Promise<Catalogue<T>>>;

const loadFirst: Load<typeof first> = {
  en: async () => (await import('./en/first.js')).first,
  de: async () => (await import('./de/first.js')).first,
};
const loadRest: Load<typeof rest> = {
  en: async () => (await import('./en/rest.js')).rest,
  de: async () => (await import('./de/rest.js')).rest,
};
/** The rest of each language that has been asked for. */
const whole = new Map<Language, Promise<void>>();

function isLanguage(code: string | null | undefined): code is Language {
  return code === 'en' || code === 'de';
}

/** The language chosen here before, else the first of the browser's that we speak. */
function preferred(): Language {
  const chosen = localStorage.getItem(STORED_AS);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

export async function startI18n(): Promise<void> {
  const language = preferred();
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: await loadFirst[language]() } },
    interpolation: { escapeValue: false },
  });
  translateFaults();
  document.documentElement.lang = language;
}

/** Resolves once the language spoken now has the words of every page. */
export function restOfWords(): Promise<void> {
  return wholeOf(isLanguage(i18next.language) ? i18next.language : 'en');
}

function wholeOf(language: Language): Promise<void> {
  const loading =
    whole.get(language) ??
    Promise.all([loadRest[language](), import('./said.js')]).then(([words, { SAID }]) => {
      learn(SAID);
      i18next.addResourceBundle(language, 'translation', words, true, true);
    });
  whole.set(language, loading);
  // What failed to come is asked for again.
  loading.catch(() => whole.delete(language));
  return loading;
}

/** Changes the language and remembers it in this browser. */
export async function speak(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation'))
    i18next.addResourceBundle(language, 'translation', await loadFirst[language]());
  if (whole.size > 0) await wholeOf(language);
  await i18next.changeLanguage(language);
  localStorage.setItem(STORED_AS, language);
  document.documentElement.lang = language;
}
