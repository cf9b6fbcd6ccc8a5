// From page to page within one visit, and out of whatever lies over a page.
import { settled, until } from './browser.mjs';

/** Goes there as a link of the app does: pages are met one after the other, without loading the app for each. */
export async function follow(page, path) {
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
export async function leaveLayers(page) {
  const discard = page.getByRole('button', { name: 'Discard', exact: true });
  await until('no layer is open', async () => {
    if (!(await page.locator(LAYERS).count())) return true;
    if (await discard.isVisible()) await discard.click();
    else await page.keyboard.press('Escape');
    return false;
  });
}
