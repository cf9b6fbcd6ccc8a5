// Every page and layer at one width: usable by everybody in both themes, no wider than the screen, kept as pictures.
import assert from 'node:assert/strict';

import { settled, stories, until } from './browser.mjs';
import { startHub } from './hub.mjs';
import { look } from './look.mjs';

/** Goes there as a link of the app does: pages are met one after the other, without loading the app for each. */
async function follow(page, path) {
  await page.evaluate((to) => {
    const link = Object.assign(document.createElement('a'), { href: to });
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await page.waitForURL((url) => url.pathname + url.search === path);
  await settled(page);
}

const LAYERS = '[role=dialog]:visible, [role=menu]:visible';

/** Escape after Escape, and what was typed is given up. A layer that is still opening may not hear the first. */
async function leaveLayers(page) {
  const discard = page.getByRole('button', { name: 'Discard', exact: true });
  await until('no layer is open', async () => {
    if (!(await page.locator(LAYERS).count())) return true;
    if (await discard.isVisible()) await discard.click();
    else await page.keyboard.press('Escape');
    return false;
  });
}

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
