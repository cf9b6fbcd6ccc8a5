// The sample lab: what an item knows, finding by meaning, documents.
import assert from 'node:assert/strict';

import { settled, stories, until } from '../browser.mjs';
import { startHub } from '../hub.mjs';

const story = stories(() => startHub({ demo: true }));

const find = async (hub, kind, name) => {
  const { data } = await hub.get(`/${kind}?limit=500`);
  const row = data.find((one) => (one.name ?? one.title) === name);
  assert.ok(row, `the lab has ${name}`);
  return row;
};
const panel = (page, title) =>
  page.locator('section, div.panel').filter({ has: page.getByRole('heading', { name: new RegExp(`^${title}`) }) }).last();

story('the demo says that it is one', async ({ page }) => {
  await page.goto('/');
  await page.getByText(/demo/i).first().waitFor();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
});

story('an item shows what it stands on, what stands on it, and what would stop with it', async ({ page, hub }) => {
  const nas = await find(hub, 'hardware', 'old-nas');
  const { data } = await hub.get(`/items/${nas.id}`);
  const impact = await hub.get(`/impact/${nas.id}`);
  assert.ok(impact.count > data.children.length, 'something stands on what stands on it');
  await page.goto(`/items/${nas.id}`);
  await settled(page);
  for (const child of data.children) await page.getByRole('link', { name: child.name }).first().waitFor();
  const affected = panel(page, 'What depends on it');
  for (const { name } of impact.data.affected) await affected.getByText(name).first().waitFor();
  await page.getByRole('link', { name: data.children[0].name }).first().click();
  await page.getByRole('heading', { name: data.children[0].name, level: 1 }).waitFor();
  await page.getByRole('link', { name: 'old-nas' }).first().waitFor();
});

story('a relation is added, seen from both ends, and undone', async ({ page, hub }) => {
  const nas = await find(hub, 'hardware', 'old-nas');
  const [other] = (await hub.get('/misc')).data;
  await page.goto(`/items/${nas.id}`);
  await panel(page, 'Relations').getByRole('button', { name: 'Add' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a relation' });
  await dialog.getByRole('combobox', { name: 'Other item' }).fill(other.name);
  await dialog.getByRole('option', { name: other.name, exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await panel(page, 'Relations').getByRole('link', { name: other.name }).waitFor();
  const linked = async () => {
    const { data } = await hub.get(`/items/${other.id}`);
    return [...data.links, ...data.backlinks].some((link) => link.from.id === nas.id || link.to.id === nas.id);
  };
  assert.ok(await linked());
  await page.locator('[data-sonner-toast]').getByRole('button', { name: 'Undo' }).click();
  await until('the relation gone', async () => !(await linked()));
});

story('a difference between noted and observed is settled by accepting', async ({ page, hub }) => {
  const open = (await hub.get('/drift')).data.filter((one) => one.state === 'open');
  assert.ok(open.length, 'the lab has drift');
  const [drift] = open;
  await page.goto(`/items/${drift.item.id}`);
  await panel(page, 'Drift').getByRole('button', { name: 'Accept' }).first().click();
  await page.getByText('Took the observed value').waitFor();
  const { data } = await hub.get(`/items/${drift.item.id}`);
  assert.deepEqual(data.row[drift.field], drift.observed);
  await page.goto('/drift');
  await settled(page);
  await page.getByText(`${open.length - 1} open`).waitFor();
});

story('a change is read in the history and taken back there', async ({ page, hub }) => {
  const item = await find(hub, 'hardware', 'old-nas');
  await hub.api('PATCH', `/hardware/${item.id}`, { location: 'Under the roof' });
  await page.goto(`/items/${item.id}`);
  const first = panel(page, 'History').getByRole('listitem').first();
  await first.getByRole('button', { name: 'What changed' }).click();
  await first.getByText('Under the roof').waitFor();
  await first.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Undone', { exact: true }).waitFor();
  assert.equal((await hub.get(`/hardware/${item.id}`)).data.location, 'Shelf in the attic');
});

story('the palette finds by meaning, and Enter opens the best', async ({ page, hub }) => {
  await until('everything indexed', async () => {
    const { search } = await hub.get('/status');
    assert.equal(search.degraded ?? null, null, 'the model of search by meaning is installed');
    return search.pending === 0 && search.indexed > 0;
  }, 60_000);
  await page.goto('/inventory');
  await settled(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('old nas box in the attic');
  await page.getByRole('option', { name: /old-nas/ }).first().waitFor();
  await until('the best is first', async () => /old-nas/.test(await page.getByRole('option').first().innerText()));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'old-nas', level: 1 }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

story('a quick Enter opens what was typed last, not what was found before', async ({ page, hub }) => {
  await find(hub, 'hardware', 'old-nas');
  await page.goto('/inventory');
  await settled(page);
  await page.keyboard.press('Control+k');
  const field = page.getByRole('dialog').getByRole('combobox');
  await field.fill('docker');
  await page.getByRole('option', { name: /docker/ }).first().waitFor();
  let answer;
  const held = new Promise((resolve) => (answer = resolve));
  await page.route('**/api/search?q=old-nas*', async (route) => {
    await held;
    await route.continue();
  });
  await field.fill('old-nas');
  await page.keyboard.press('Enter');
  assert.ok(await page.getByRole('dialog').isVisible(), 'it waits for the answer');
  answer();
  await page.getByRole('heading', { name: 'old-nas', level: 1 }).waitFor();
});

story('a document is written, read as a page, and found in its place', async ({ page, hub }) => {
  await page.goto('/docs?new=1');
  const asks = page.getByRole('dialog', { name: 'New document' });
  await asks.getByLabel('Title').fill('When the power fails');
  await asks.getByRole('button', { name: 'Create and write' }).click();
  const text = '# Order\n\n1. Wait\n2. Start **old-nas**\n\n- [x] UPS tested\n\n| a | b |\n|---|---|\n| 1 | 2 |\n';
  await page.getByRole('textbox', { name: 'Text of the document' }).focus();
  await page.keyboard.insertText(text);
  await page.getByRole('radio', { name: 'Read' }).click();
  await page.getByRole('heading', { name: 'Order' }).waitFor();
  const id = Number(new URL(page.url()).pathname.split('/').at(-1));
  await until('the hub has it', async () => (await hub.get(`/documents/${id}`)).data.content === text);
  assert.equal(await page.getByRole('article').locator('strong').innerText(), 'old-nas');
  assert.equal(await page.getByRole('article').getByRole('cell').count(), 2);
  await page.getByRole('navigation', { name: 'Documents' }).getByRole('link', { name: 'When the power fails' }).waitFor();
});
