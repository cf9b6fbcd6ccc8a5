/** All other texts. They are read once the browser has nothing better to do, or before the first module that says some. */
import { language } from '../lib/language.ts';
import { read, words, type Catalogue } from './words.ts';

const catalogues = import.meta.glob<Catalogue>('../../locales/.wuchale/words.rest.*.compiled.js');
const none: Catalogue = { c: [] };
export let rest = words(none);

let reading: Promise<void> | null = null;
async function ready() {
  reading ??= read(catalogues, language).then((catalogue) => void (rest = words(catalogue)));
  // What did not arrive is asked for again the next time.
  await reading.catch((error) => {
    reading = null;
    throw error;
  });
}

/** Loads a module once the texts are there that it says. */
export const late = async <T>(load: () => Promise<T>): Promise<T> => {
  await ready();
  return load();
};

(window.requestIdleCallback ?? setTimeout)(() => void ready().catch(() => {}));
