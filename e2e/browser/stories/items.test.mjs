// Writing items by hand: from the empty hub to an edit that somebody else was faster with.
import assert from 'node:assert/strict';

import { settled, stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);

const heading = (page, name) => page.getByRole('heading', { name, level: 1 });
const dialog = (page, name) => page.getByRole('dialog', { name });
const make = async (hub, kind, data) => (await hub.api('POST', `/${kind}`, data)).data;

story('an empty hub says what would be where, and what to do first', async ({ page }) => {
  for (const [path, text] of [
    ['/inventory', 'No inventory yet'],
    ['/inventory/vms', 'No VMs yet'],
    ['/docs', 'No document yet'],
    ['/drift', 'Nothing differs'],
    ['/activity', 'Nothing has changed yet'],
    ['/settings/users', 'keeper, you'],
  ]) {
    await page.goto(path);
    await settled(page);
    await page.getByText(text).first().waitFor();
  }
  await page.goto('/inventory/vms');
  await page.getByRole('link', { name: 'Import a file' }).click();
  await heading(page, 'Import and export').waitFor();
});

story('an item is added, changed, deleted, and the deletion undone', async ({ page, hub }) => {
  await page.goto('/inventory/hardware');
  await page.getByRole('button', { name: 'Add hardware' }).first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Name', { exact: false }).first().fill('rack-server');
  await sheet.getByLabel('Hostname').fill('rack.lab.example');
  await sheet.getByRole('button', { name: 'Add', exact: true }).click();
  await heading(page, 'rack-server').waitFor();
  const id = Number(new URL(page.url()).pathname.split('/').at(-1));

  await page.getByRole('button', { name: 'Edit' }).click();
  const edit = dialog(page, 'Edit rack-server');
  await edit.getByLabel('Hostname').fill('other.lab.example');
  await page.keyboard.press('Control+Enter');
  await edit.waitFor({ state: 'detached' });
  await page.getByText('other.lab.example').first().waitFor();
  assert.equal((await hub.get(`/hardware/${id}`)).data.hostname, 'other.lab.example');

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await dialog(page, 'Delete rack-server?').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('Deleted rack-server').waitFor();
  await assert.rejects(hub.get(`/hardware/${id}`), { status: 404 });
  const toast = page.locator('[data-sonner-toast]').filter({ hasText: 'Deleted rack-server' });
  await toast.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Undone', { exact: true }).waitFor();
  assert.equal((await hub.get(`/hardware/${id}`)).data.hostname, 'other.lab.example');
  await page.getByRole('link', { name: 'rack-server' }).waitFor();
});

story('deleting what others stand on asks what becomes of them', { refusals: [409] }, async ({ page, hub }) => {
  const host = await make(hub, 'hardware', { name: 'pedestal' });
  const guest = await make(hub, 'vms', { name: 'statue', hardware_id: host.id });
  await page.goto(`/items/${host.id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  const asks = dialog(page, 'Delete pedestal?');
  await asks.getByText('statue').waitFor();
  await asks.getByLabel('Keep them').check();
  await asks.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('Deleted pedestal').waitFor();
  assert.equal((await hub.get(`/vms/${guest.id}`)).data.hardware_id, null);
});

story('a refused value is told at its field, which gets the focus', { refusals: [400] }, async ({ page }) => {
  await page.goto('/inventory/networks?new=1');
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Name', { exact: false }).first().fill('attic');
  const field = sheet.locator('[data-field=subnet] input');
  await field.fill('not a network');
  await sheet.getByRole('button', { name: 'Add', exact: true }).click();
  await sheet.locator('[data-field=subnet] input[aria-invalid=true]').waitFor();
  await until('the focus on the field', () => field.evaluate((input) => input === document.activeElement));
  const described = await field.getAttribute('aria-describedby');
  assert.ok((await page.locator(`[id="${described}"]`).innerText()).length > 5, 'the error is the description of the field');
  await field.fill('10.9.8.0/24');
  await sheet.getByRole('button', { name: 'Add', exact: true }).click();
  await heading(page, 'attic').waitFor();
});

story('leaving a form with unsaved words asks first', async ({ page, hub }) => {
  const item = await make(hub, 'misc', { name: 'draft' });
  await page.goto(`/items/${item.id}?edit=1`);
  const sheet = dialog(page, 'Edit draft');
  const name = sheet.getByLabel('Name', { exact: false }).first();
  await name.fill('unsaved');
  await page.keyboard.press('Escape');
  const asks = dialog(page, 'Discard what you changed?');
  await asks.getByRole('button', { name: 'Keep editing' }).click();
  assert.equal(await name.inputValue(), 'unsaved', 'staying keeps the words');
  await sheet.getByRole('button', { name: 'Cancel' }).click();
  await asks.getByRole('button', { name: 'Discard' }).click();
  await sheet.waitFor({ state: 'detached' });
  assert.equal((await hub.get(`/misc/${item.id}`)).data.name, 'draft');

  await page.getByRole('link', { name: 'Other', exact: true }).first().click();
  await heading(page, 'Other').waitFor();
  await page.getByRole('link', { name: 'draft', exact: true }).click();
  await heading(page, 'draft').waitFor();
  await page.keyboard.press('e');
  await name.fill('unsaved again');
  await page.goBack();
  await asks.getByRole('button', { name: 'Keep editing' }).click();
  assert.equal(await name.inputValue(), 'unsaved again', 'the way back asks too');
  await page.goBack();
  await asks.getByRole('button', { name: 'Discard' }).click();
  await sheet.waitFor({ state: 'detached' });
  assert.equal((await hub.get(`/misc/${item.id}`)).data.name, 'draft');
});

story('who was slower sees both versions and loses nothing', { refusals: [409] }, async ({ page, hub }) => {
  const item = await make(hub, 'apps', { name: 'wiki', port: 3000 });
  await page.goto(`/items/${item.id}?edit=1`);
  const sheet = dialog(page, 'Edit wiki');
  await sheet.locator('[data-field=port] input').fill('4000');
  await sheet.locator('[data-field=hostname] input').fill('wiki.mine.example');
  await hub.api('PATCH', `/apps/${item.id}`, { port: 5000, description: 'from elsewhere', rev: item.rev });
  await sheet.getByRole('button', { name: 'Save', exact: true }).click();
  const conflict = dialog(page, 'Changed in the meantime');
  await conflict.getByText('4000').waitFor();
  await conflict.getByText('5000').waitFor();
  await conflict.getByLabel(/Theirs/).check();
  await conflict.getByRole('button', { name: 'Save with these' }).click();
  await sheet.waitFor({ state: 'detached' });
  const { data } = await hub.get(`/apps/${item.id}`);
  assert.deepEqual([data.port, data.hostname, data.description], [5000, 'wiki.mine.example', 'from elsewhere']);
});

story('what the API changes appears in an open page without reloading', async ({ page, hub }) => {
  const item = await make(hub, 'vms', { name: 'live-one' });
  await page.goto('/inventory/vms');
  await page.getByRole('link', { name: 'live-one' }).waitFor();
  await page.evaluate(() => (globalThis.sameDocument = true));
  const other = await make(hub, 'vms', { name: 'live-two' });
  await page.getByRole('link', { name: 'live-two' }).waitFor();
  await hub.api('PATCH', `/vms/${item.id}`, { name: 'live-renamed' });
  await page.getByRole('link', { name: 'live-renamed' }).waitFor();
  await hub.api('DELETE', `/vms/${other.id}`);
  await page.getByRole('link', { name: 'live-two' }).waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => globalThis.sameDocument), true);
});

story('two tabs see each other\'s change', async ({ page, hub, context, fresh }) => {
  const item = await make(hub, 'misc', { name: 'shared thing' });
  await page.goto(`/items/${item.id}`);
  await heading(page, 'shared thing').waitFor();
  const { page: second } = await fresh({ context });
  await second.goto(`/items/${item.id}?edit=1`);
  const sheet = second.getByRole('dialog');
  await sheet.getByLabel('Name', { exact: false }).first().fill('shared and renamed');
  await sheet.getByRole('button', { name: 'Save', exact: true }).click();
  await heading(page, 'shared and renamed').waitFor();
});

story('an address that is nothing is said to be nothing', { refusals: [404] }, async ({ page }) => {
  await page.goto('/nowhere');
  await heading(page, 'Not found').waitFor();
  await page.getByRole('link', { name: 'Go to Overview' }).click();
  await heading(page, 'Overview').waitFor();
  await page.goto('/items/999999');
  await page.getByText(/not found|no item|nothing lives/i).first().waitFor();
});
