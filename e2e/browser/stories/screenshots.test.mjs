// The pictures of the documentation, under target/e2e/screenshots, where `cargo xtask site` finds them: pages of the demo in both
// themes, under the names that docs/*.md give.
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { launch, open, settled } from './browser.mjs';
import { OUT, startHub } from './hub.mjs';
import { wear } from './look.mjs';
import { deskTour } from './pages.mjs';
import { follow } from './walk.mjs';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const PLACE = join(OUT, 'screenshots');
const texts = readdirSync(DOCS).filter((name) => name.endsWith('.md')).map((name) => readFileSync(DOCS + name, 'utf8'));
const wanted = new Set([...texts.join('\n').matchAll(/^<!-- picture: ([a-z-]+) \|/gm)].map(([, name]) => name));

rmSync(PLACE, { recursive: true, force: true });
mkdirSync(PLACE, { recursive: true });
const env = { LABKEEPER_DISCOVERY_RANGES: '127.0.0.0/8' };
const [browser, demo] = await Promise.all([launch(), startHub({ demo: true, env })]);
try {
  const tour = (await deskTour(demo)).filter(([name, , act]) => wanted.has(name) && !act);
  const { page, trouble } = await open(browser, demo, { viewport: { width: 1280, height: 800 } });
  await page.goto('/');
  for (const [name, path] of tour) {
    await follow(page, path);
    await settled(page);
    for (const theme of ['light', 'dark']) {
      await wear(page, theme);
      await page.screenshot({ path: join(PLACE, `${name}-${theme}.png`) });
    }
    wanted.delete(name);
  }
  if (wanted.size) throw new Error(`the demo has no page ${[...wanted].join(', ')}`);
  if (trouble.length) throw new Error(trouble.join('\n'));
  console.log(`${tour.length} pages in ${PLACE}`);
} finally {
  await browser.close();
  await demo.stop();
}
