// The pictures of the documentation, under target/e2e/screenshots, where `cargo xtask site` finds them: pages of the demo in both
// themes, under the names that docs/*.md give.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { settled, stories } from '../browser.mjs';
import { OUT, startHub } from '../hub.mjs';
import { wear } from '../look.mjs';
import { deskTour } from '../pages.mjs';
import { follow } from '../walk.mjs';

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url));
const PLACE = join(OUT, 'screenshots');

const story = stories(() => startHub({ demo: true, env: { LABKEEPER_DISCOVERY_RANGES: '127.0.0.0/8' } }));

story('every picture that the documentation shows is taken', { viewport: { width: 1280, height: 800 } }, async ({ page, hub }) => {
  const texts = readdirSync(DOCS).filter((name) => name.endsWith('.md')).map((name) => readFileSync(DOCS + name, 'utf8'));
  const wanted = new Set([...texts.join('\n').matchAll(/^<!-- picture: ([a-z-]+) \|/gm)].map(([, name]) => name));
  const tour = (await deskTour(hub)).filter(([name, , act]) => wanted.has(name) && !act);
  assert.deepEqual(tour.map(([name]) => name).sort(), [...wanted].sort(), 'the demo has each of these pages');
  // All of them, or those of before.
  const taken = `${PLACE}.new`;
  rmSync(taken, { recursive: true, force: true });
  mkdirSync(taken, { recursive: true });
  await page.goto('/');
  for (const [name, path] of tour) {
    await follow(page, path);
    await settled(page);
    for (const theme of ['light', 'dark']) {
      await wear(page, theme);
      await page.screenshot({ path: join(taken, `${name}-${theme}.png`) });
    }
  }
  rmSync(PLACE, { recursive: true, force: true });
  renameSync(taken, PLACE);
});
