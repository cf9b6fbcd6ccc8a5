/** The texts of what a first load needs. Whoever imports this waits for them. */
import { language } from '../lib/language.ts';
import { read, words, type Catalogue } from './words.ts';

const catalogues = import.meta.glob<Catalogue>('../../locales/.wuchale/words.first.*.compiled.js');
export const first = words(await read(catalogues, language));
