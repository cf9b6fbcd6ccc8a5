// The page that everybody meets first, before they are anybody.
import assert from 'node:assert/strict';

import { DESKTOP, PHONE, stories } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';
import { look } from '../look.mjs';

const story = stories(startClosedHub);

for (const viewport of [DESKTOP, PHONE]) {
  const { width } = viewport;
  story(`signing in is sound at ${width} px`, { viewport, guest: true }, async ({ page }) => {
    await page.goto('/');
    await page.getByRole('heading', { name: 'Sign in to labkeeper' }).waitFor();
    assert.deepEqual(await look(page, `sign-in-${width}`), []);
  });
}
