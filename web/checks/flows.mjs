// What people do, in a real browser on a real hub with the demo's data. Writes to that hub: give it a throw-away one.
// node checks/flows.mjs [part of a name…]
import assert from 'node:assert/strict';
import { BASE, launch, open, settled } from './browser.mjs';

const headers = { 'content-type': 'application/json', 'x-labkeeper': '1' };
const api = async (method, path, body) => {
  const answer = await fetch(`${BASE}/api${path}`, { method, headers, body: body && JSON.stringify(body) });
  return answer.json();
};
const find = async (kind, name) =>
  (await api('GET', `/${kind}`)).data.find((row) => row.name === name || row.title === name);
const toast = (page) => page.locator('[data-sonner-toast]').first();
const dialog = (page) => page.getByRole('dialog').last();
const focused = (page) =>
  page.evaluate(
    () =>
      document.activeElement?.closest('[data-field]')?.getAttribute('data-field') ?? document.activeElement?.tagName,
  );

const flows = {
  async 'add by hand: the error goes to its field, then it is there, then undone'(page) {
    await page.goto(`${BASE}/inventory/apps`);
    await settled(page);
    await page.keyboard.press('c');
    await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('flow-app');
    await dialog(page).getByLabel('Port', { exact: true }).fill('99999');
    await page.keyboard.press('Control+Enter');
    await page.waitForFunction(() => document.querySelector('[aria-invalid=true]'));
    assert.equal(await focused(page), 'port');
    await dialog(page).getByLabel('Port', { exact: true }).fill('8081');
    const on = dialog(page).getByRole('combobox', { name: /Runs on/ });
    await on.click();
    await on.fill('docker-0');
    await page.keyboard.press('Enter');
    await dialog(page).getByLabel('Tags').fill('flow, test');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/items\/\d+$/);
    await page.getByRole('heading', { level: 1, name: 'flow-app' }).waitFor();
    const row = await find('apps', 'flow-app');
    assert.deepEqual([row.port, row.tags.sort()], [8081, ['flow', 'test']]);
    assert.ok(row.vm_id, 'stands on the chosen VM');
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Undone').waitFor();
    assert.equal(await find('apps', 'flow-app'), undefined);
  },
  async 'a list by keyboard: filter, move, select, open, back keeps the filter'(page) {
    await page.goto(`${BASE}/inventory/vms`);
    await settled(page);
    await page.keyboard.press('/');
    await page.keyboard.type('docker');
    await page.waitForFunction(() => document.querySelectorAll('[role=row][id]').length === 2);
    await page.keyboard.press('Enter');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/items\//);
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll('[role=row][id]').length === 2);
    assert.equal(await page.locator('[data-filter]').inputValue(), 'docker');
  },
  async 'filters, sort and columns stay in the address and over a reload'(page) {
    await page.goto(`${BASE}/inventory/vms`);
    await settled(page);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('dialog', { name: 'Filter by a field' }).getByRole('button', { name: 'Tags' }).click();
    await page.getByRole('checkbox', { name: /^prod/ }).check();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Name', exact: true }).click();
    await page.getByRole('button', { name: 'Name', exact: true }).click();
    const names = () => page.locator('[role=row][id] a').allTextContents();
    const before = await names();
    assert.deepEqual(before, [...before].sort().reverse());
    await page.getByRole('button', { name: 'Choose columns' }).click();
    await page.getByRole('checkbox', { name: 'Created' }).check();
    await page.reload();
    await settled(page);
    assert.deepEqual(await names(), before);
    await page.getByRole('columnheader', { name: 'Created' }).waitFor();
    assert.match(page.url(), /tag=prod/);
  },
  async 'edit: leaving with unsaved work asks, and keeps it'(page) {
    const vm = await find('vms', 'docker-01');
    await page.goto(`${BASE}/items/${vm.id}`);
    await settled(page);
    await page.keyboard.press('e');
    await dialog(page).getByLabel('Notes').fill('flow: unsaved');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: /Discard/ }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'Keep editing');
    await page.keyboard.press('Enter');
    assert.equal(await dialog(page).getByLabel('Notes').inputValue(), 'flow: unsaved');
    await page.goBack();
    await page.getByRole('dialog', { name: /Discard/ }).waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('dialog', { name: /^Edit/ }).waitFor({ state: 'detached' });
    assert.notEqual((await find('vms', 'docker-01')).notes, 'flow: unsaved');
  },
  async 'two people: the second sees both versions and chooses'(page) {
    const vm = await find('vms', 'docker-02');
    const [mine, os, cores] = [`mine ${Date.now()}`, `Debian ${Date.now()}`, vm.cpu_cores + 1];
    await page.goto(`${BASE}/items/${vm.id}?edit=1`);
    await settled(page);
    await dialog(page).getByLabel('Notes').fill(mine);
    await dialog(page).getByLabel('Cores').fill(String(cores));
    await api('PATCH', `/vms/${vm.id}`, { notes: 'theirs', os });
    await page.keyboard.press('Control+Enter');
    const conflict = page.getByRole('dialog', { name: 'Changed in the meantime' });
    await conflict.waitFor();
    await conflict.getByText('theirs', { exact: true }).waitFor();
    await conflict.getByRole('radio', { name: /Yours/ }).check();
    await conflict.getByRole('button', { name: 'Save with these' }).click();
    await page.getByRole('dialog', { name: /^Edit/ }).waitFor({ state: 'detached' });
    const now = await find('vms', 'docker-02');
    assert.deepEqual([now.notes, now.os, now.cpu_cores], [mine, os, cores]);
  },
  async 'delete: what stands on it is shown, then undo brings all back'(page) {
    const host = await find('hardware', 'pve1');
    await page.goto(`${BASE}/items/${host.id}`);
    await settled(page);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await dialog(page).getByText('docker-01').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'Cancel');
    await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click();
    await page.waitForURL(/\/inventory\/hardware/);
    assert.equal((await find('vms', 'docker-01')).hardware_id, null);
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await page.locator('[role=row] a', { hasText: 'pve1' }).waitFor();
    assert.equal((await find('vms', 'docker-01')).hardware_id, host.id);
  },
  async 'several are deleted together and come back together'(page) {
    for (const name of ['bulk-1', 'bulk-2', 'bulk-3']) await api('POST', '/misc', { name });
    await page.goto(`${BASE}/inventory/misc?q=bulk-`);
    await settled(page);
    await page.locator('[data-grid]').focus();
    await page.keyboard.press('Control+a');
    await page.getByText('3 selected').waitFor();
    await page.getByRole('toolbar').getByRole('button', { name: 'Delete…' }).click();
    await dialog(page).getByRole('button', { name: 'Delete 3 items' }).click();
    await page.getByText('Nothing matches').waitFor();
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await page.waitForFunction(() => document.querySelectorAll('[role=row][id]').length === 3);
  },
  async 'search from anywhere, by a part of an address too'(page) {
    await page.goto(`${BASE}/settings/about`);
    await settled(page);
    await page.keyboard.press('Control+k');
    await dialog(page).getByRole('combobox').fill('immich');
    await dialog(page).getByText('Found').waitFor();
    await page.waitForTimeout(300);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Immich' }).waitFor();
    await page.keyboard.press('Control+k');
    await dialog(page).getByRole('combobox').fill('10.20.20.3');
    await dialog(page).getByText('docker-01', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor();
  },
  async 'what another does appears without a reload'(page) {
    await page.goto(`${BASE}/inventory/misc`);
    await settled(page);
    await page.getByText('Live', { exact: true }).first().waitFor();
    const made = (await api('POST', '/misc', { name: 'from elsewhere' })).data;
    await page.getByRole('link', { name: 'from elsewhere' }).waitFor();
    await api('PATCH', `/misc/${made.id}`, { name: 'renamed elsewhere' });
    await page.getByRole('link', { name: 'renamed elsewhere' }).waitFor();
    await api('DELETE', `/misc/${made.id}`);
    await page.getByRole('link', { name: 'renamed elsewhere' }).waitFor({ state: 'detached' });
  },
  async 'drift is settled and can be taken back'(page) {
    await page.goto(`${BASE}/drift`);
    await settled(page);
    const rows = page.locator('li', { has: page.getByRole('button', { name: 'Accept' }) });
    const before = await rows.count();
    assert.ok(before > 0);
    await rows.first().getByRole('button', { name: 'Keep' }).click();
    await page.waitForFunction(
      (count) =>
        [...document.querySelectorAll('button')].filter((b) => b.textContent.trim() === 'Accept').length === count,
      before - 1,
    );
    await page.getByRole('radio', { name: /Kept/ }).click();
    await page.getByRole('button', { name: 'Open again' }).first().click();
    await page.getByRole('radio', { name: `Open ${before}` }).waitFor();
  },
  async 'import: seen before it is done, accounted for after, undone'(page) {
    await page.goto(`${BASE}/transfer`);
    await settled(page);
    const before = (await api('GET', '/kinds')).data.map((kind) => kind.count);
    const file = {
      hardware: [{ id: 1, name: 'imported-host', ram_gb: 8 }],
      vms: [{ id: 1, hardware_id: 1, name: 'imported-vm', cpu_cores: 'four' }],
      apps: [],
      storage: [],
      networks: [],
      misc: [],
      documents: [],
    };
    await page.setInputFiles('input[type=file]', {
      name: 'old.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(file)),
    });
    await page.getByText('2 rows').first().waitFor();
    await page.getByText('cpu_cores').first().waitFor();
    await page.getByRole('button', { name: 'Import 2 rows' }).click();
    await page.getByText('Imported', { exact: true }).waitFor();
    assert.ok(await find('vms', 'imported-vm'));
    await page.getByRole('button', { name: 'Undo the import' }).click();
    await page.getByText('Choose a file').waitFor();
    assert.deepEqual(
      (await api('GET', '/kinds')).data.map((kind) => kind.count),
      before,
    );
  },
  async 'a file that is nothing of ours is refused in words'(page) {
    await page.goto(`${BASE}/transfer`);
    await settled(page);
    await page.setInputFiles('input[type=file]', {
      name: 'cat.jpg',
      mimeType: 'image/jpeg',
      buffer: Buffer.from('not an export'),
    });
    await page.getByRole('alert').waitFor();
    assert.match(await page.getByRole('alert').innerText(), /cat\.jpg could not be loaded/);
  },
  async 'a document is written, nested and read'(page) {
    await page.goto(`${BASE}/docs`);
    await settled(page);
    await page.keyboard.press('c');
    await dialog(page).getByLabel('Title').fill('Flow page');
    await dialog(page)
      .getByLabel(/Content|Text/)
      .fill('# Flow page\n\nSee [[docker-01]].\n\n- [ ] check\n\n<script>window.bad = 1</script>');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { level: 1, name: 'Flow page' }).waitFor();
    await page.locator('.article a.mention', { hasText: 'docker-01' }).click();
    await page.waitForURL(/\/items\/\d+/);
    assert.equal(await page.evaluate(() => window.bad), undefined);
    await page.goBack();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Add a page under this' }).click();
    await dialog(page).getByLabel('Title').fill('Flow child');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { level: 1, name: 'Flow child' }).waitFor();
    await page.getByRole('link', { name: 'Flow page' }).first().waitFor();
    const parent = await find('documents', 'Flow page');
    await api('DELETE', `/documents/${parent.id}?cascade=delete`);
  },
  async 'an uploaded icon is kept and shown'(page) {
    const thing = (await api('POST', '/misc', { name: 'iconed' })).data;
    await page.goto(`${BASE}/items/${thing.id}?edit=1`);
    await settled(page);
    await page.getByRole('button', { name: 'Choose' }).click();
    await page.getByRole('radio', { name: 'Emoji and upload' }).click();
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    await page.setInputFiles('input[type=file]', { name: 'dot.png', mimeType: 'image/png', buffer: png });
    await page.locator('[role=dialog] img.tile').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog', { name: /^Edit/ }).waitFor({ state: 'detached' });
    assert.match((await api('GET', `/misc/${thing.id}`)).data.icon, /^\/api\/icons\//);
    assert.ok(
      await page
        .locator('main img.tile')
        .first()
        .evaluate((img) => img.complete && img.naturalWidth > 0),
    );
    await api('DELETE', `/misc/${thing.id}`);
  },
  async 'an unknown address says so, and so does an item that is gone'(page) {
    for (const path of ['/nowhere/at/all', '/items/999999', '/inventory/dragons']) {
      await page.goto(BASE + path);
      await settled(page);
      await page.getByText(`Nothing lives at ${path}`).waitFor();
    }
  },
};

const only = process.argv.slice(2);
const browser = await launch();
let failed = 0;
for (const [name, flow] of Object.entries(flows)) {
  if (only.length && !only.some((part) => name.includes(part))) continue;
  const { page, problems, context } = await open(browser);
  page.setDefaultTimeout(8000);
  try {
    await flow(page);
    const noise = problems.filter((line) => !/status of 4\d\d/.test(line));
    assert.deepEqual(noise, [], 'the console is silent');
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(
      `FAIL ${name}\n     ${String(error.message).split('\n').slice(0, 6).join('\n     ')}\n     ${problems.join('\n     ')}`,
    );
    await page.screenshot({ path: new URL(`../.shots/fail-${failed}.png`, import.meta.url).pathname });
  }
  await context.close();
}
await browser.close();
process.exit(failed ? 1 : 0);
