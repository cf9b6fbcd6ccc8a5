// What the predecessor's interface got wrong and no other story looks at, and what it could that has to be possible here.
// e2e/README.md has the whole list.
import assert from 'node:assert/strict';

import { settled, stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);

const make = async (hub, kind, data) => (await hub.api('POST', `/${kind}`, data)).data;
const heading = (page, name) => page.getByRole('heading', { name, level: 1 }).waitFor();
const dialog = (page, name) => page.getByRole('dialog', { name });
const field = (sheet, name) => sheet.locator(`[data-field=${name}] input`);
const panel = (page, name) => page.getByRole('region', { name: new RegExp(`^${name}`) });

/** Chooses what something stands on, as a person would: by its name. */
async function stand(sheet, page, name) {
  await sheet.locator('[data-field=hardware_id] [role=combobox]').fill(name);
  await page.getByRole('option', { name }).first().click();
}

story('shares are a kind like any other: counted, listed, found, added where they are, deleted for good', async ({ page, hub }) => {
  const nas = await make(hub, 'hardware', { name: 'nas', hostname: 'nas.lan', ip_address: '10.0.50.5' });
  const pool = await make(hub, 'storage', { name: 'tank', hardware_id: nas.id });
  await page.goto(`/items/${pool.id}`);
  await heading(page, 'tank');
  await panel(page, 'Stands on it').getByRole('button', { name: 'Add' }).click();
  await page.getByRole('menuitem', { name: 'Share' }).click();
  const sheet = dialog(page, 'Add share');
  await sheet.getByLabel('Name', { exact: false }).first().fill('films');
  // A pool has no address; the machine that it is in has.
  await until('the address of the machine', async () => (await field(sheet, 'ip').inputValue()) === '10.0.50.5');
  assert.equal(await field(sheet, 'hostname').inputValue(), 'nas.lan');
  await sheet.getByRole('button', { name: 'Add', exact: true }).click();
  await heading(page, 'films');
  const id = Number(new URL(page.url()).pathname.split('/').at(-1));
  const address = panel(page, 'Facts').getByText('10.0.50.5', { exact: true });
  await address.first().waitFor();
  assert.equal(await address.count(), 1, 'its address is told once');
  const { data } = await hub.get(`/shares/${id}`);
  assert.deepEqual([data.storage_id, data.ip, data.hostname], [pool.id, '10.0.50.5', 'nas.lan']);

  await page.getByRole('navigation').getByRole('link', { name: /^Shares\s*1$/ }).click();
  await heading(page, 'Shares');
  await page.getByRole('grid').getByRole('link', { name: 'films' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('films');
  await page.getByRole('option', { name: /films/ }).first().click();
  await heading(page, 'films');
  await page.keyboard.press('e');
  await dialog(page, 'Edit films').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('Deleted films').waitFor();
  await heading(page, 'Shares');
  await page.getByText('films', { exact: true }).waitFor({ state: 'detached' });
  assert.equal((await hub.get('/shares')).count, 0);
});

story('an app takes name and address of what it runs on, and gives up neither what was typed nor a later choice', async ({ page, hub }) => {
  await make(hub, 'hardware', { name: 'first-host', hostname: 'first.lan', ip_address: '10.0.20.1' });
  await make(hub, 'hardware', { name: 'second-host', hostname: 'second.lan', ip_address: '10.0.20.2' });
  await page.goto('/inventory/apps?new=1');
  const sheet = dialog(page, 'Add app');
  await field(sheet, 'hostname').fill('mine.lan');
  await stand(sheet, page, 'first-host');
  await until('the address of the first', async () => (await field(sheet, 'ip_address').inputValue()) === '10.0.20.1');
  await sheet.locator('[data-field=hardware_id]').getByRole('button', { name: 'Clear' }).click();
  await stand(sheet, page, 'second-host');
  await until('the address of the second', async () => (await field(sheet, 'ip_address').inputValue()) === '10.0.20.2');
  assert.equal(await field(sheet, 'hostname').inputValue(), 'mine.lan');
});

story('a copy takes nothing that belongs to the original alone', async ({ page, hub }) => {
  const vm = await make(hub, 'vms', { name: 'web', vmid: 104, ip_address: '10.0.20.9', mac_address: '02:00:00:00:00:09', os: 'Debian 13' });
  await page.goto(`/items/${vm.id}`);
  await heading(page, 'web');
  await page.keyboard.press('d');
  const sheet = dialog(page, 'Add VM');
  await until('the copy', async () => (await field(sheet, 'os').inputValue()) === 'Debian 13');
  assert.equal(await sheet.getByLabel('Name', { exact: false }).first().inputValue(), 'web copy');
  for (const name of ['ip_address', 'mac_address', 'vmid']) assert.equal(await field(sheet, name).inputValue(), '', name);
});

story('whoever goes from one item to another edits the other', async ({ page, hub }) => {
  const first = await make(hub, 'hardware', { name: 'rack one', location: 'cellar' });
  const second = await make(hub, 'vms', { name: 'guest two', notes: 'untouched' });
  await page.goto(`/items/${first.id}`);
  await heading(page, 'rack one');
  await page.keyboard.press('e');
  await dialog(page, 'Edit rack one').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('guest two');
  await page.getByRole('option', { name: /guest two/ }).first().click();
  await heading(page, 'guest two');
  await page.keyboard.press('e');
  const sheet = dialog(page, 'Edit guest two');
  const name = sheet.getByLabel('Name', { exact: false }).first();
  assert.equal(await name.inputValue(), 'guest two');
  await name.fill('guest two renamed');
  await page.keyboard.press('Control+Enter');
  await heading(page, 'guest two renamed');
  const [one, two] = [(await hub.get(`/hardware/${first.id}`)).data, (await hub.get(`/vms/${second.id}`)).data];
  assert.deepEqual([one.name, one.location, two.name, two.notes], ['rack one', 'cellar', 'guest two renamed', 'untouched']);
});

story('addresses sort as numbers, no row asks for itself, and nothing of a row is out of sight', async ({ page, hub }) => {
  for (const [name, ip_address] of [['far', '10.0.9.10'], ['near', '10.0.9.9'], ['none', null], ['first', '9.0.0.1']])
    await make(hub, 'containers', { name, ip_address });
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto('/inventory/containers');
  await settled(page);
  await page.getByRole('columnheader', { name: 'IP address' }).getByRole('button').click();
  const names = () => page.getByRole('grid').getByRole('link').allInnerTexts();
  await until('by address', async () => (await names()).join() === 'first,near,far,none');
  const rows = asked.filter((path) => /^\/api\/(?:containers|items)\/\d+/.test(path) || path.includes('health'));
  assert.deepEqual(rows, [], 'one answer has every row and its state');
  const heads = await page.getByRole('columnheader').allInnerTexts();
  assert.ok(heads.includes('OS') && heads.includes('RAM'), `labels are words of people: ${heads}`);
  const row = page.getByRole('row').nth(1);
  await row.hover();
  const menu = await row.getByRole('button', { name: /^Actions for/ }).boundingBox();
  assert.ok(menu.x + menu.width <= page.viewportSize().width, 'what is done with a row can be reached');
});

story('a filter looks at what is shown, not at ids, dates and pictures', async ({ page, hub }) => {
  await make(hub, 'misc', { name: 'lamp', icon: 'lucide:lamp-desk', category: 'light' });
  const { data } = await hub.get('/misc');
  await page.goto('/inventory/misc');
  await settled(page);
  const filter = page.getByPlaceholder('Filter by any word in a row');
  for (const word of ['lucide', data[0].created_at.slice(0, 10), `${data[0].id}0${data[0].rev}`]) {
    await filter.fill(word);
    await page.getByText('Nothing matches').waitFor();
  }
  await filter.fill('light');
  await page.getByRole('link', { name: 'lamp' }).waitFor();
});

story('an own field is written in the form of any kind', async ({ page, hub }) => {
  const { id } = await make(hub, 'misc', { name: 'label printer' });
  await page.goto(`/items/${id}?edit=1`);
  const sheet = dialog(page, 'Edit label printer');
  await sheet.getByRole('button', { name: 'Add a field' }).click();
  await sheet.getByLabel(/^Name of own field/).last().fill('tape');
  await sheet.getByLabel(/^Value of own field/).last().fill('12 mm');
  await sheet.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('definition').filter({ hasText: '12 mm' }).waitFor();
  assert.deepEqual((await hub.get(`/misc/${id}`)).data.custom, { tape: '12 mm' });
});

story('a search that fails does not look like one that found nothing', { refusals: [503] }, async ({ page }) => {
  await page.goto('/');
  await settled(page);
  const busy = { error: 'the search is busy', code: 'unavailable', request_id: 'r-1' };
  await page.route('**/api/search?*', (route) => route.fulfill({ status: 503, json: busy }));
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('anything');
  await page.getByRole('dialog').getByText(/the search is busy/i).waitFor();
  assert.equal(await page.getByRole('dialog').getByText(/Nothing|No results/).count(), 0);
});

story('a place on the map that is not saved says so, and what is new stands beside what was put somewhere', { refusals: [503] }, async ({ page, hub }) => {
  const pinned = await make(hub, 'hardware', { name: 'pinned host' });
  await hub.api('PUT', '/map/layout', { positions: { [`hardware-${pinned.id}`]: { x: 0, y: 0 } } });
  const names = ['new one', 'new two', 'new three'];
  const added = [];
  for (const name of names) added.push((await make(hub, 'hardware', { name })).id);
  await page.goto('/map');
  const node = (id) => page.locator(`[data-item="${id}"]`);
  for (const id of [pinned.id, ...added]) await node(id).waitFor();
  const boxes = await Promise.all([pinned.id, ...added].map((id) => node(id).boundingBox()));
  const apart = (a, b) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
  for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1)) assert.ok(apart(a, b), 'nothing lies on another');

  await page.route('**/api/map/layout', (route) =>
    route.request().method() === 'GET' ? route.continue() : route.fulfill({ status: 503, json: { error: 'the disk is full', code: 'unavailable' } }),
  );
  await node(added[0]).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.getByText('The place was not saved').waitFor();
});

story('from an item to its place on the map, where it tells what it is', async ({ page, hub }) => {
  const host = await make(hub, 'hardware', { name: 'told host', os: 'Proxmox VE 9', cpu_cores: 12 });
  const app = await make(hub, 'apps', { name: 'told app', hardware_id: host.id, hostname: 'told.lan', port: 3000 });
  const net = await make(hub, 'networks', { name: 'told net', subnet: '10.77.0.0/24' });
  await page.goto(`/items/${host.id}`);
  await heading(page, 'told host');
  await page.keyboard.press('m');
  const details = page.getByRole('complementary', { name: 'Details of told host' });
  await details.getByText('Proxmox VE 9').waitFor();
  await details.getByRole('link', { name: 'Open' }).click();
  await heading(page, 'told host');
  await page.goto(`/map?item=${app.id}`);
  const link = page.getByRole('complementary', { name: 'Details of told app' }).getByRole('link', { name: 'http://told.lan:3000' });
  assert.equal(await link.getAttribute('href'), 'http://told.lan:3000');
  await page.goto(`/items/${net.id}`);
  await heading(page, 'told net');
  await page.keyboard.press('m');
  await page.waitForURL((url) => url.pathname === '/map' && url.searchParams.get('net') === String(net.id));
});

story('every kind that the map shows can be left out of it, shares too', async ({ page, hub }) => {
  const share = await make(hub, 'shares', { name: 'photos of the map' });
  await page.goto('/map');
  const node = page.locator(`[data-item="${share.id}"]`);
  await node.waitFor();
  await page.getByRole('button', { name: 'Filters' }).click();
  await dialog(page, 'Filters').getByRole('checkbox', { name: /^Shares?/ }).uncheck();
  await node.waitFor({ state: 'detached' });
});

story('a document that is only opened stays as it was, to the letter', async ({ page, hub }) => {
  const content = '* star\n- dash\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n```yaml\nimage: "**no bold**"\n```\n\n1) one\n2) two  \n\n<u>kept</u>';
  const { id, rev } = await make(hub, 'documents', { title: 'Mixed', content });
  const sent = [];
  page.on('request', (request) => request.method() !== 'GET' && request.url().includes('/documents/') && sent.push(request.url()));
  await page.goto(`/docs/${id}?edit=split`);
  const text = page.getByRole('textbox', { name: 'Text of the document' });
  await text.waitFor();
  const article = page.locator('.article');
  await article.getByRole('cell', { name: '2' }).waitFor();
  assert.match(await article.locator('pre').innerText(), /\*\*no bold\*\*/, 'what is code stays code');
  assert.equal(await article.getByRole('list').count(), 3);
  await text.focus();
  await page.keyboard.press('Control+End');
  await page.getByRole('link', { name: 'Overview' }).first().click();
  await heading(page, 'Overview');
  const { data } = await hub.get(`/documents/${id}`);
  assert.deepEqual([data.content, data.rev, sent], [content, rev, []]);
});
