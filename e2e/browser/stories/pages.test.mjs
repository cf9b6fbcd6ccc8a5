// Every page in both themes, on a desk and in the hand: usable by everybody, no wider than the screen, kept as pictures.
import assert from 'node:assert/strict';

import { DESKTOP, PHONE, settled, stories } from '../browser.mjs';
import { startHub } from '../hub.mjs';
import { look } from '../look.mjs';
import { pages } from '../pages.mjs';

const story = stories(() => startHub({ demo: true }));

for (const viewport of [DESKTOP, PHONE]) {
  const { width } = viewport;
  story(`every page is sound at ${width} px`, { viewport, timeout: 240_000 }, async ({ page, hub }) => {
    const found = [];
    for (const [name, path, act] of await pages(hub)) {
      await page.goto(path);
      await settled(page);
      if (act) await act(page);
      await page.waitForTimeout(200);
      found.push(...(await look(page, `${name}-${width}`)));
    }
    assert.deepEqual(found, []);
  });
}
