// What was built is whole and asks nobody else: every link leads to a page and a heading that is there, every file that a page
// loads is the site's own, and commands name the owner where that is known.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const OUT = fileURLToPath(new URL('../target/site/', import.meta.url));
const base = process.env.SITE_BASE ?? '/';
const files = readdirSync(OUT, { recursive: true });
const pages = new Map(files.filter((path) => path.endsWith('.html')).map((path) => [path, readFileSync(OUT + path, 'utf8')]));
const wrong = [];

for (const [path, html] of pages) {
  const anchors = [...html.matchAll(/<a\b[^>]*\bhref="([^"]+)"/g)].map(([, href]) => href);
  for (const href of anchors.filter((href) => !/^[a-z]+:/.test(href))) follow(path, decodeURI(href));
  const loads = html.matchAll(/<(?:script|img|link|source|iframe)\b[^>]*\b(?:src|href)="([^"]+)"/g);
  for (const [, address] of loads) load(path, address);
  // A site of the forge knows whose it is.
  if (process.env.SITE_REPOSITORY && /\bOWNER\//.test(html)) wrong.push(`${path} says OWNER in place of the owner's name`);
}
for (const path of files.filter((path) => path.endsWith('.css'))) {
  for (const [, address] of readFileSync(OUT + path, 'utf8').matchAll(/url\(["']?([^"')]+)/g)) {
    if (/^(https?:)?\/\//.test(address)) wrong.push(`${path} loads ${address}`);
  }
}

function follow(from, href) {
  const [address, heading] = href.split('#');
  const path = address ? local(from, address) : from;
  const page = pages.get(path);
  if (page === undefined) {
    if (!existsSync(OUT + path)) wrong.push(`${from} links to ${href}, which is not there`);
  } else if (heading && !page.includes(`id="${heading}"`)) wrong.push(`${from} links to ${href}: no such heading`);
}

function load(from, address) {
  if (address.startsWith('data:')) return;
  if (/^([a-z]+:|\/\/)/.test(address)) wrong.push(`${from} loads ${address}`);
  else if (!existsSync(OUT + local(from, address))) wrong.push(`${from} loads ${address}, which is not there`);
}

function local(from, address) {
  const path = address.startsWith(base) ? address.slice(base.length) : posix.join(posix.dirname(from), address);
  if (path === '' || path.endsWith('/')) return `${path}index.html`;
  return posix.extname(path) ? path : `${path}.html`;
}

if (wrong.length) {
  console.error([...new Set(wrong)].sort().join('\n'));
  process.exit(1);
}
console.log(`site: ${pages.size} pages, every link leads somewhere, nothing comes from elsewhere`);
