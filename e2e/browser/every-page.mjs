// Every page and layer at one width: usable by everybody in both themes, no wider than the screen, kept as pictures.
import assert from 'node:assert/strict';

import { settled, stories } from './browser.mjs';
import { startHub } from './hub.mjs';
import { look } from './look.mjs';
import { follow, leaveLayers } from './walk.mjs';

/**
 * One file for each width calls this, so that two of them run beside each other. `tour` gives the pages; `both` asks for
 * the contrast in the other theme too.
 */
export function everyPageAt(viewport, { theme, both, tour }) {
  const story = stories(() => startHub({ demo: true, env: { LABKEEPER_DISCOVERY_RANGES: '127.0.0.0/8' } }));
  const { width } = viewport;
  // Refilled for each page: only what a layer provokes is no trouble, and only while it is open.
  const refusals = [];
  const options = { viewport, theme, timeout: 600_000, refusals };
  story(`every page is sound at ${width} px`, options, async ({ page, hub }) => {
    const found = [];
    await page.goto('/');
    await settled(page);
    for (const [name, path, act, refused = []] of await tour(hub)) {
      refusals.length = 0;
      await follow(page, path);
      refusals.push(...refused);
      if (act) await act(page);
      await settled(page);
      found.push(...(await look(page, `${name}-${width}`, { theme, both })));
      await leaveLayers(page);
    }
    refusals.length = 0;
    // Not of the app, but the app leads there.
    await page.goto('/api/docs-ui');
    await page.getByRole('heading', { name: 'inventory' }).waitFor();
    await page.getByText('/api/items/{id}', { exact: true }).first().click();
    found.push(...(await look(page, `rest-reference-${width}`, { theme })));
    assert.deepEqual(found, []);
  });
}
