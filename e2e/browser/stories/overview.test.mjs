// The first page: what needs somebody, what changed, how much room there is, and the apps to open.
import assert from 'node:assert/strict';

import { answered, finding, settled, stories, until } from '../browser.mjs';
import { startHub } from '../hub.mjs';

const story = stories(() => startHub({ demo: true }));
const region = (page, name) => page.getByRole('main').getByRole('region', { name });

story('whatever needs attention is in one list, and leads to where it is settled', async ({ page, hub }) => {
  const { findings } = await answered(page, '/api/proxmox/health', () => page.goto('/'));
  const drift = (await hub.get('/drift')).data;
  const bad = findings.filter(({ status }) => ['warn', 'crit'].includes(status));
  const unseen = findings.filter(({ status }) => status === 'unknown').length;
  assert.ok(bad.length && drift.length && unseen, 'the demo has something of each');
  const panel = region(page, 'Needs attention');
  await panel.getByRole('link', { name: new RegExp(`${drift.length} values differ`) }).waitFor();
  for (const one of bad) {
    const row = panel.getByRole('listitem').filter({ hasText: finding(one.finding.replace(/^the /, '')) }).first();
    assert.equal(await row.getByRole('link').getAttribute('href'), '/health');
  }
  await panel.getByRole('link', { name: `Unknown: ${unseen} checks could not be made` }).waitFor();
  await panel.getByRole('link', { name: /values differ/ }).click();
  await page.getByRole('heading', { name: 'Drift', level: 1 }).waitFor();
});

story('nodes and storages show how full they are', async ({ page, hub }) => {
  const { nodes } = await hub.get('/proxmox/nodes');
  const { storage } = (await hub.get('/proxmox/census?sections=storage&saveSnapshot=false')).sections;
  await page.goto('/');
  const panel = region(page, 'Capacity');
  for (const { node } of nodes) await panel.getByRole('row').filter({ hasText: node }).getByText(/^\d+ %$/).first().waitFor();
  const shared = new Set(storage.filter((one) => one.shared).map((one) => one.name)).size;
  const own = storage.filter((one) => !one.shared).length;
  await panel.getByRole('button', { name: `Show all ${shared + own}` }).click();
  await until('each storage once', async () => (await panel.getByRole('listitem').count()) === shared + own);
  const shares = await panel.getByRole('listitem').evaluateAll((rows) => rows.map((row) => Number(/(\d+) %/.exec(row.innerText)[1])));
  assert.deepEqual(shares, [...shares].sort((a, b) => b - a), 'the fullest first');
});

story('apps are opened from here, in a page of their own', async ({ page, hub }) => {
  const { data } = await hub.api('POST', '/apps', { name: 'zz wiki', hostname: 'wiki.lan', port: 3000, icon: 'si:wikidotjs' });
  await hub.api('POST', '/apps', { name: 'zz database', hostname: 'db.lan', port: 5432 });
  await page.goto('/');
  const panel = region(page, 'Apps');
  await panel.getByRole('searchbox', { name: 'Filter apps' }).fill('zz');
  const link = panel.getByRole('link', { name: /zz wiki/ });
  await link.waitFor();
  assert.deepEqual(
    await link.evaluate((one) => [one.href, one.target, one.rel]),
    ['http://wiki.lan:3000/', '_blank', 'noreferrer noopener'],
  );
  assert.equal(await panel.getByRole('link').count(), 1, 'what no browser shows is no app to open');
  await hub.api('PATCH', `/apps/${data.id}`, { hostname: 'books.lan' });
  await until('it follows the inventory', async () => (await link.getAttribute('href')) === 'http://books.lan:3000');
});

story('changes are told by people and by agents, and one sitting once', async ({ page, hub }) => {
  const { data } = await hub.api('POST', '/documents', { title: 'Diary', content: '' });
  for (const content of ['a', 'ab', 'abc']) await hub.api('PATCH', `/documents/${data.id}`, { content });
  await page.goto('/');
  const panel = region(page, 'Recent changes');
  const sitting = panel.getByRole('listitem').filter({ hasText: 'changed Diary, 3 saves' });
  await sitting.waitFor();
  assert.equal(await sitting.getByRole('button', { name: 'Undo' }).count(), 0, 'no Undo of half of it');
  await panel.getByRole('button', { name: 'Agents' }).click();
  await sitting.waitFor({ state: 'detached' });
  const glyphs = panel.getByRole('listitem').getByTitle('Agent');
  await glyphs.first().waitFor();
  assert.equal(await glyphs.count(), await panel.getByRole('listitem').count());
  await panel.getByRole('button', { name: 'People' }).click();
  await sitting.waitFor();
  assert.equal(await glyphs.count(), 0);
});

story('while answers are on their way the parts stand where they will be, and what is lost says so', { refusals: ['net::', 503] }, async ({ page }) => {
  let answer;
  const held = new Promise((resolve) => (answer = resolve));
  await page.route('**/api/proxmox/health', async (route) => {
    await held;
    await route.continue();
  });
  await page.route('**/api/apps', (route) => route.abort('connectionrefused'));
  await page.goto('/');
  await region(page, 'Needs attention').locator('.late').first().waitFor();
  await region(page, 'Health').locator('.late').first().waitFor();
  await region(page, 'Apps').getByRole('alert').getByText('The apps could not be loaded').waitFor();
  await page.unroute('**/api/apps');
  await region(page, 'Apps').getByRole('button', { name: 'Try again' }).click();
  await region(page, 'Apps').getByRole('link').first().waitFor();
  answer();
  await region(page, 'Health').getByText(/warnings?$/).waitFor();
  await settled(page);
});
