/** Where the texts of the app are, and in which languages. How to add one: docs/translations.md. */
import { join } from 'node:path';

import { adapter as svelte } from '@wuchale/svelte';
import { defineConfig } from 'wuchale';

import { group, neededAtFirst, sources } from './build/words.mjs';

const root = import.meta.dirname;
/** What the pages are made of that most visits begin with, and the one that has to be there without a hub. */
export const BEGINNINGS = [
  'src/main.ts',
  'src/pages/Overview.svelte',
  'src/pages/Inventory.svelte',
  'src/app/Toasts.svelte',
  'src/app/Away.svelte',
];

const needed = new Set(neededAtFirst(root, BEGINNINGS));
const [early, late] = [
  sources(root).filter((file) => needed.has(file)),
  sources(root).filter((file) => !needed.has(file)),
];
export const first = new Set([...needed].map((file) => join(root, file)));

export default defineConfig({
  locales: ['en', 'de'],
  localesDir: 'locales',
  ai: null,
  logLevel: 'warn',
  adapters: { words: group(svelte(), 'first', early), more: group(svelte(), 'rest', late) },
});
