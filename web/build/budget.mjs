// Prints what the built app weighs in brotli, and fails where that is over the budget of the design notes.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { closure, kilobytes, lazy, tooMuch } from './weight.mjs';

const FIRST_LOAD = 90_000;
const LAZY = 40_000;
/** Large of their nature; they load when they are opened. */
const HEAVY = { Editor: 115_000, Map: 130_000 };
const TOTAL = 1_200_000;
const PAGES = { Overview: 'src/pages/Overview.svelte', Inventory: 'src/pages/Inventory.svelte' };
/** Asked for by every page as soon as it stands. */
const TOASTS = 'src/app/Toasts.svelte';

const dist = new URL('../dist/', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);

/** Bytes as they go over the wire: fonts and pictures are not compressed a second time. */
const wire = (file) => {
  const compressed = statSync(join(dist, `${file}.br`), { throwIfNoEntry: false });
  return (compressed ?? statSync(join(dist, file))).size;
};
const sum = (files) => [...files].reduce((bytes, file) => bytes + wire(file), 0);

const texts = Object.keys(manifest).filter((key) => /words\.first\.\w+\.compiled/.test(key));
const first = Object.entries(PAGES).flatMap(([name, page]) =>
  texts.map((file) => ({
    what: `first load of ${name} (${/first\.(\w+)/.exec(file)[1]})`,
    bytes: sum(closure(manifest, entry, page, TOASTS, file)),
    limit: FIRST_LOAD,
  })),
);
const later = lazy(manifest, closure(manifest, entry)).map(({ name, file }) => ({
  what: `${name} alone`,
  bytes: wire(file),
  limit: HEAVY[name] ?? LAZY,
}));
const everything = readdirSync(dist, { recursive: true })
  .map(String)
  .filter((file) => !/\.(br|gz)$/.test(file) && statSync(join(dist, file)).isFile() && file !== 'manifest.json');
const whole = { what: 'everything once', bytes: sum(everything), limit: TOTAL };

for (const { what, bytes, limit } of [...first, whole])
  console.log(`${what}: ${kilobytes(bytes)} of ${kilobytes(limit)}`);
for (const { what, bytes } of later) if (bytes > 4_000) console.log(`  ${what}: ${kilobytes(bytes)}`);

const problems = tooMuch([...first, ...later, whole]);
const foreign = /\b(?:fetch|import|src=|href=|url)\(?\s*["'`](https?:)?\/\/(?!www\.w3\.org)/;
for (const file of everything.filter((name) => /\.(js|css|html)$/.test(name))) {
  if (foreign.test(readFileSync(join(dist, file), 'utf8'))) problems.push(`${file} names a foreign address to load`);
}
if (problems.length) {
  console.error(problems.map((line) => `over budget: ${line}`).join('\n'));
  process.exit(1);
}
