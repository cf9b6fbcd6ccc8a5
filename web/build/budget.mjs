// Fails when the brotli bytes of a first load (entry + page, JS and CSS) exceed the budget of the design notes.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const KB = 1000;
const FIRST_LOAD = 90 * KB;
const PAGES = { Overview: 'src/pages/Overview.svelte', Inventory: 'src/pages/Inventory.svelte' };
const LAZY = 40 * KB;
const TOTAL = 1_200 * KB;

const dist = new URL('../dist/', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));

const wire = (file) => {
  try {
    return statSync(join(dist, `${file}.br`)).size;
  } catch {
    return statSync(join(dist, file)).size;
  }
};

function closure(...keys) {
  const seen = new Set();
  const assets = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    assets.add(chunk.file);
    for (const css of chunk.css ?? []) assets.add(css);
    for (const next of chunk.imports ?? []) visit(next);
  };
  keys.forEach(visit);
  return assets;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const base = closure(entry);
const sum = (assets) => [...assets].reduce((total, file) => total + wire(file), 0);
const kb = (bytes) => `${(bytes / KB).toFixed(1)} kB`;
const problems = [];

for (const [name, page] of Object.entries(PAGES)) {
  const bytes = sum(closure(entry, page));
  console.log(`first load, ${name}: ${kb(bytes)} of ${kb(FIRST_LOAD)} (base ${kb(sum(base))})`);
  if (bytes > FIRST_LOAD) problems.push(`${name} needs ${kb(bytes)}, the budget is ${kb(FIRST_LOAD)}`);
}
for (const [key, chunk] of Object.entries(manifest)) {
  if (base.has(chunk.file) || !chunk.file.endsWith('.js')) continue;
  const bytes = wire(chunk.file);
  if (bytes > 4 * KB) console.log(`  lazy ${chunk.name ?? key}: ${kb(bytes)}`);
  if (bytes > LAZY) problems.push(`${key} alone is ${kb(bytes)}, the budget of a lazy chunk is ${kb(LAZY)}`);
}
const everything = readdirSync(dist, { recursive: true })
  .map(String)
  .filter((file) => !/\.(br|gz)$/.test(file) && statSync(join(dist, file)).isFile() && file !== 'manifest.json');
const total = everything.reduce((bytes, file) => bytes + wire(file), 0);
console.log(`everything on the wire once: ${kb(total)} of ${kb(TOTAL)}`);
if (total > TOTAL) problems.push(`all files together are ${kb(total)}, the budget is ${kb(TOTAL)}`);

const foreign = /\b(?:fetch|import|src=|href=|url)\(?\s*["'`](https?:)?\/\/(?!www\.w3\.org)/;
for (const file of everything.filter((name) => /\.(js|css|html)$/.test(name))) {
  if (foreign.test(readFileSync(join(dist, file), 'utf8'))) problems.push(`${file} names a foreign address to load`);
}
if (problems.length) {
  console.error(problems.map((line) => `over budget: ${line}`).join('\n'));
  process.exit(1);
}
