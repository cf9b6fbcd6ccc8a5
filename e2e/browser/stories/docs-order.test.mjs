// Where documents stand: moved by the mouse, by keys, and by choosing.
import assert from 'node:assert/strict';

import { settled, stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);

/** Makes pages of these names, `a > b` under each other, and answers their ids. */
async function pages(hub, prefix, names) {
  const ids = {};
  for (const name of names) {
    const [own, parent] = name.split(' < ');
    const data = { title: `${prefix} ${own}`, parent_id: parent ? ids[parent] : null };
    ids[own] = (await hub.api('POST', '/documents', data)).data.id;
  }
  return ids;
}
const where = async (hub, id) => (await hub.get(`/documents/${id}`)).data.parent_id;
const link = (page, id) => page.locator(`nav[aria-label=Documents] a[data-page="${id}"]:visible`);

/** The names in the tree as they stand, those of the story. */
const order = (page, prefix) =>
  page.locator('nav[aria-label=Documents] a[data-page]:visible').evaluateAll(
    (links, start) => links.map((one) => one.innerText.trim()).filter((name) => name.startsWith(start)).map((name) => name.slice(start.length + 1)).join(' '),
    prefix,
  );
const stands = (page, prefix, wanted) => until(`the order ${wanted}`, async () => (await order(page, prefix)) === wanted);

/** Drags one row onto a share of the height of another. */
async function drag(page, from, to, share) {
  const { width, height } = await link(page, to).boundingBox();
  await link(page, from).dragTo(link(page, to), { targetPosition: { x: Math.min(40, width / 2), y: height * share } });
}

story('a page is dragged under another, between others, and back by Undo', async ({ page, hub }) => {
  const ids = await pages(hub, 'drag', ['a', 'b', 'c', 'd < a']);
  await page.goto('/docs');
  await settled(page);
  await stands(page, 'drag', 'a d b c');
  await drag(page, ids.c, ids.a, 0.5);
  await stands(page, 'drag', 'a d c b');
  assert.equal(await where(hub, ids.c), ids.a);
  await drag(page, ids.b, ids.d, 0.1);
  await stands(page, 'drag', 'a b d c');
  await drag(page, ids.c, ids.a, 0.1);
  await stands(page, 'drag', 'c a b d');
  assert.equal(await where(hub, ids.c), null);
  await page.locator('[data-sonner-toast]').first().getByRole('button', { name: 'Undo' }).click();
  await stands(page, 'drag', 'a b d c');
  // A page does not go under what stands under it.
  await drag(page, ids.a, ids.b, 0.5);
  await stands(page, 'drag', 'a b d c');
  assert.equal(await where(hub, ids.a), null);
});

story('keys walk the tree, fold it and move pages', async ({ page, hub }) => {
  const ids = await pages(hub, 'key', ['a', 'b', 'c']);
  await page.goto('/docs');
  await settled(page);
  await link(page, ids.c).focus();
  const here = (id) => until('the focus stays on the page', () => link(page, id).evaluate((one) => one === document.activeElement));
  await page.keyboard.press('Alt+ArrowUp');
  await stands(page, 'key', 'a c b');
  await here(ids.c);
  await page.keyboard.press('Alt+ArrowRight');
  await until('it is under a', async () => (await where(hub, ids.c)) === ids.a);
  await here(ids.c);
  await page.keyboard.press('ArrowUp');
  await here(ids.a);
  await page.keyboard.press('ArrowLeft');
  await stands(page, 'key', 'a b');
  await page.keyboard.press('ArrowRight');
  await stands(page, 'key', 'a c b');
  await page.keyboard.press('ArrowDown');
  await here(ids.c);
  await page.keyboard.press('Alt+ArrowLeft');
  await until('it is out again', async () => (await where(hub, ids.c)) === null);
  await stands(page, 'key', 'a c b');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'key c', level: 1 }).waitFor();
});

story('a place is chosen in a dialog', async ({ page, hub }) => {
  const ids = await pages(hub, 'pick', ['a', 'b', 'c < a']);
  await page.goto(`/docs/${ids.b}`);
  await page.getByRole('heading', { name: 'pick b', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Move…' }).click();
  const asks = page.getByRole('dialog', { name: 'Move pick b' });
  await asks.getByLabel('Under').selectOption({ value: String(ids.a) });
  await asks.getByLabel('Place').selectOption({ label: 'Before pick c' });
  await asks.getByRole('button', { name: 'Move', exact: true }).click();
  await stands(page, 'pick', 'a b c');
  assert.equal(await where(hub, ids.b), ids.a);
});

story('in the hand a page is found, written and read', { viewport: { width: 390, height: 844 } }, async ({ page, hub }) => {
  const ids = await pages(hub, 'hand', ['a']);
  await page.goto('/docs');
  await page.locator(`main a[data-page="${ids.a}"]:visible`).tap();
  await page.getByRole('radio', { name: 'Write' }).tap();
  const text = page.getByRole('textbox', { name: 'Text of the document' });
  await text.tap();
  await page.keyboard.type(`a word of ${'m'.repeat(90)} letters`);
  assert.equal(await page.getByRole('radio', { name: 'Split' }).count(), 0);
  await page.getByRole('radio', { name: 'Read' }).tap();
  await page.getByRole('article').getByText('a word of').waitFor();
  await until('the hub has it', async () => (await hub.get(`/documents/${ids.a}`)).data.content.startsWith('a word of'));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
});
