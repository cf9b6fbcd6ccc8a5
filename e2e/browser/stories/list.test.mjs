// Lists: finding, ordering, choosing, and ten thousand rows.
import assert from 'node:assert/strict';

import { settled, stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const ROWS = 10_000;
const story = stories(async () => {
  const hub = await startClosedHub();
  const row = (n) => ({
    type: 'misc',
    data: { name: `thing-${n}`, category: ['shelf', 'drawer', 'box'][n % 3], tags: n % 100 === 0 ? ['hundredth'] : [] },
  });
  await hub.api('POST', '/bulk', { create: Array.from({ length: ROWS }, (_, n) => row(n)) });
  await hub.api('POST', '/bulk', {
    create: ['delta', 'alpha', 'Charlie', 'bravo', 'node10', 'node9'].map((name, n) => ({
      type: 'vms',
      data: { name, cpu_cores: n + 1, tags: n < 2 ? ['prod'] : [] },
    })),
  });
  return hub;
});

const names = (page) => page.getByRole('grid').getByRole('row').getByRole('link').allInnerTexts();
const shows = (page, wanted) =>
  until(`the rows ${wanted}`, async () => (await names(page)).join() === wanted.join()).catch(async (error) => {
    throw new Error(`${error.message}; shown: ${(await names(page)).join()}`);
  });

story('ten thousand rows scroll from end to end with a page of elements', { timeout: 90_000 }, async ({ page }) => {
  await page.goto('/inventory/misc');
  const grid = page.getByRole('grid');
  await until('all rows counted', async () => (await grid.getAttribute('aria-rowcount')) === String(ROWS + 1));
  assert.ok((await page.evaluate(() => document.querySelectorAll('*').length)) <= 2500, 'only rows in sight exist');
  await grid.focus();
  await page.keyboard.press('End');
  await page.getByRole('link', { name: `thing-${ROWS - 1}`, exact: true }).waitFor();
  for (const part of [0.25, 0.5, 0.75]) {
    const expected = await grid.evaluate((element, part) => {
      element.scrollTop = element.scrollHeight * part;
      return Math.floor((element.scrollTop + element.clientHeight / 2 - 34) / ((element.scrollHeight - 34) / 10_000));
    }, part);
    await until(`row ${expected} in the middle`, () => grid.locator(`[aria-rowindex="${expected + 2}"]`).count());
  }
  await grid.hover();
  for (let turn = 0; turn < 20; turn += 1) await page.mouse.wheel(0, 900);
  assert.ok((await names(page)).length > 5);
  await page.keyboard.press('Home');
  await page.getByRole('link', { name: 'thing-0', exact: true }).waitFor();
});

story('words narrow ten thousand rows, and the address keeps them', async ({ page }) => {
  await page.goto('/inventory/misc');
  await page.getByRole('link', { name: 'thing-0', exact: true }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('thing-4242');
  await shows(page, ['thing-4242']);
  await page.reload();
  await shows(page, ['thing-4242']);
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  const menu = page.getByRole('dialog', { name: 'Filter by a field' });
  await menu.getByRole('button', { name: 'Tags' }).click();
  await menu.getByRole('checkbox', { name: /hundredth/ }).check();
  await page.keyboard.press('Escape');
  await until('a hundred rows', async () => (await page.getByRole('grid').getAttribute('aria-rowcount')) === '101');
  await page.getByPlaceholder('Filter by any word in a row').fill('no such word');
  await page.getByText('Nothing matches').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await until('all rows again', async () => (await page.getByRole('grid').getAttribute('aria-rowcount')) === String(ROWS + 1));
});

story('a list sorts by a column, naturally, both ways', async ({ page }) => {
  await page.goto('/inventory/vms');
  await settled(page);
  const column = page.getByRole('columnheader', { name: 'Name', exact: true });
  const sorted = ['alpha', 'bravo', 'Charlie', 'delta', 'node9', 'node10'];
  while ((await column.getAttribute('aria-sort')) !== 'ascending') await column.getByRole('button').click();
  await shows(page, sorted);
  await column.getByRole('button').click();
  assert.equal(await column.getAttribute('aria-sort'), 'descending');
  await shows(page, sorted.toReversed());
});

story('a list is used by keyboard alone', async ({ page }) => {
  await page.goto('/inventory/vms');
  await page.getByRole('link', { name: 'alpha' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('node');
  await page.keyboard.press('Enter');
  const before = await names(page);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: before[1], level: 1 }).waitFor();
  await page.goBack();
  await shows(page, before);
});

story('chosen rows are deleted together and come back together', async ({ page, hub }) => {
  await page.goto('/inventory/vms');
  await page.getByRole('link', { name: 'alpha' }).waitFor();
  await page.getByRole('grid').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  const bar = page.getByRole('toolbar', { name: 'Selection' });
  await bar.getByText('3 selected').waitFor();
  await bar.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete 3 items' }).click();
  await until('three gone', async () => (await hub.get('/vms')).count === 3);
  await page.locator('[data-sonner-toast]').getByRole('button', { name: 'Undo' }).click();
  await until('three back', async () => (await hub.get('/vms')).count === 6);
  await until('six shown', async () => (await names(page)).length === 6);
});

story('a list is saved as CSV as it is shown', async ({ page }) => {
  await page.goto('/inventory/vms?q=node');
  await shows(page, await until('rows', async () => ((await names(page)).length === 2 ? names(page) : null)));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export this table as CSV' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'labkeeper-vms.csv');
});
