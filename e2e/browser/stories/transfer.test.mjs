// Bringing in the predecessor's database, and taking everything out again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { stories } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);
const DATABASE = fileURLToPath(new URL('../../../fixtures/hub-plus/hub.db', import.meta.url));
const KINDS = ['hardware', 'vms', 'containers', 'apps', 'storage', 'shares', 'networks', 'misc', 'documents'];
const count = async (hub) => {
  const counts = await Promise.all(KINDS.map(async (kind) => (await hub.get(`/${kind}?limit=1`)).count));
  return counts.reduce((sum, one) => sum + one, 0);
};
const choose = async (page) => {
  await page.goto('/transfer');
  await page.locator('input[type=file]').setInputFiles(DATABASE);
  await page.getByRole('heading', { name: 'Review hub.db' }).waitFor();
};

story('the predecessor\'s database is previewed, imported and seen', async ({ page, hub }) => {
  await choose(page);
  await page.getByText('56 new').waitFor();
  assert.equal(await count(hub), 0, 'a preview writes nothing');
  await page.getByRole('button', { name: 'Import 56 rows' }).click();
  await page.getByText('Imported', { exact: true }).waitFor();
  assert.equal(await count(hub), 56);
  await page.getByRole('link', { name: 'See the inventory' }).click();
  const [host] = (await hub.get('/hardware')).data;
  await page.goto('/inventory/hardware');
  await page.getByRole('link', { name: host.name, exact: true }).waitFor();
});

story('the same file again changes nothing and says so', async ({ page, hub }) => {
  await choose(page);
  await page.getByText('Everything in this file is here already').waitFor();
  assert.ok(await page.getByRole('button', { name: /^Import 0/ }).isDisabled());
  assert.equal(await count(hub), 56);
});

story('replacing wants the words typed and leaves a safety copy', async ({ page, hub }) => {
  await hub.api('POST', '/misc', { name: 'not in the file' });
  await choose(page);
  await page.getByRole('button', { name: 'Replace everything…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replace everything?' });
  const button = dialog.getByRole('button', { name: 'Replace everything' });
  assert.ok(await button.isDisabled());
  await dialog.getByRole('textbox').fill('replace everything');
  await button.click();
  await page.getByText('Imported', { exact: true }).waitFor();
  await page.getByText('Safety copy').waitFor();
  assert.equal(await count(hub), 56);
});

story('everything is taken out as a file that is the export', async ({ page, hub }) => {
  await page.goto('/transfer');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download labkeeper JSON' }).click(),
  ]);
  const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
  assert.deepEqual(Object.keys(file).sort(), Object.keys(await hub.get('/export?format=json')).sort());
  assert.match(JSON.stringify(file), new RegExp((await hub.get('/hardware')).data[0].name));
});

story('a file that is nothing is refused with a reason, and nothing is written', { refusals: [400] }, async ({ page, hub }) => {
  const before = await count(hub);
  await page.goto('/transfer');
  await page.locator('input[type=file]').setInputFiles({ name: 'broken.json', mimeType: 'application/json', buffer: Buffer.from('{"hardware": [') });
  await page.getByRole('main').getByText('broken.json').waitFor();
  assert.equal(await count(hub), before);
});
