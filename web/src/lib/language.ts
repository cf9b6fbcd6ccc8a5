/** The language of this browser's pages: chosen in the settings, else the first that the browser asks for and we have. */
import { store, stored } from './stored.ts';

/** Each by its own name. Its texts are in `locales/`; `wuchale.config.js` names the same ones. */
/* @wc-ignore */
export const LANGUAGES = { en: 'English', de: 'Deutsch' };
export type Language = keyof typeof LANGUAGES;

const isLanguage = (name: string | null | undefined): name is Language => !!name && Object.hasOwn(LANGUAGES, name);
const base = (tag: string) => tag.toLowerCase().split(/[-_.@]/)[0];

export function best(chosen: string | null, wanted: readonly string[]): Language {
  return isLanguage(chosen) ? chosen : (wanted.map(base).find(isLanguage) ?? 'en');
}

/** What a person chose; null follows the browser. */
export const chosen = (): Language | null => {
  const name = stored('language');
  return isLanguage(name) ? name : null;
};

/** While developing, and in unit tests, pages show the texts of the sources. */
export const language: Language = import.meta.env.PROD ? best(chosen(), navigator.languages) : 'en';

/** Some systems hand their browser a name of their own, as `en-US@posix`, which `Intl` throws at. */
function canonical(tag: string): string[] {
  try {
    return Intl.getCanonicalLocales(tag.replace(/[.@].*/, '').replaceAll('_', '-'));
  } catch {
    return [];
  }
}

/** The browser's own region where it speaks the language, else what is usual in it. */
export const regional = (name: Language, wanted: readonly string[]): string =>
  wanted.filter((tag) => base(tag) === name).flatMap(canonical)[0] ?? name;

/** How dates and numbers are written. */
export const locale = regional(language, navigator.languages);

document.documentElement.lang = language;

/** Texts are part of what was loaded, so another language begins anew. */
export function speak(name: Language | null) {
  store('language', name);
  location.reload();
}
