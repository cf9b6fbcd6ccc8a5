// Scanning a network, going through what was found, taking it in, taking that back. The network is this machine's loopback,
// on which every address answers; some have something that listens, which the stories start.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before } from 'node:test';

import { PHONE, settled, stories, until } from '../browser.mjs';
import { command, startClosedHub } from '../hub.mjs';
import { look } from '../look.mjs';

const LOOKER = { name: 'looker', password: 'may look and not touch' };
const SCHEDULED = '127.0.30.0/30';
const BLOCK = '127.0.10.0/29';
const HOSTS = 6;

const story = stories(async () => {
  const env = { LABKEEPER_DISCOVERY_RANGES: '127.0.0.0/8', LABKEEPER_DISCOVERY_SCHEDULE: SCHEDULED };
  const hub = await startClosedHub(env);
  command(hub.directory, ['user', 'add', LOOKER.name, '--role', 'viewer'], `${LOOKER.password}\n`);
  return hub;
});

const servers = [];
/** A page with that title, and the port that the system chose. */
async function serve(address, title) {
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html').end(`<!doctype html><title>${title}</title>`);
  });
  await new Promise((resolve) => server.listen(0, address, resolve));
  servers.push(server);
  return Object.assign(server, { port: server.address().port });
}
const close = (server) => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()));
let [kitchen, attic] = [];
before(async () => {
  kitchen = await serve('127.0.10.2', 'Kitchen radio');
  attic = await serve('127.0.10.3', 'Attic <b>heating</b>');
});
after(() => Promise.all(servers.map(close)));

const ports = () => `${kitchen.port}, ${attic.port}`;
const grid = (page) => page.getByRole('grid', { name: 'Hosts' });
const rows = (page) => grid(page).getByRole('row').filter({ has: page.getByRole('gridcell') });
const state = (page, word) => page.getByRole('banner').or(page.locator('header')).getByText(word, { exact: true }).first().waitFor();
const id = (page) => Number(new URL(page.url()).pathname.split('/').at(-1));
const names = async (hub) => {
  const lists = await Promise.all(['hardware', 'vms', 'apps', 'misc'].map((kind) => hub.get(`/${kind}`)));
  return lists.flatMap(({ data }) => data.map((row) => row.name)).sort();
};

async function begin(page, { cidr = BLOCK, list = ports(), exclude = '', rate = '' } = {}) {
  await page.goto('/discovery');
  await page.getByLabel('Network to scan').fill(cidr);
  await page.getByRole('radio', { name: 'List' }).click();
  await page.getByLabel('List of ports').fill(list);
  await page.getByLabel('Leave alone').fill(exclude);
  if (rate) {
    await page.getByText('Advanced').click();
    await page.getByLabel('Addresses a second').fill(rate);
  }
  await page.getByRole('button', { name: 'Scan', exact: true }).click();
  await page.waitForURL(/\/discovery\/\d+$/);
}

story('what cannot be scanned is refused at its field', { refusals: [400] }, async ({ page }) => {
  await page.goto('/');
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await page.getByRole('heading', { name: 'Discovery', level: 1 }).waitFor();
  const field = page.getByLabel('Network to scan');
  const refused = async (label, words) => {
    await page.getByRole('button', { name: 'Scan', exact: true }).click();
    const input = page.getByLabel(label);
    await until(`${label} is refused`, async () => (await input.getAttribute('aria-invalid')) === 'true');
    await page.locator(`[id="${await input.getAttribute('aria-describedby')}"]`).getByText(words).waitFor();
  };
  await field.fill('the attic');
  await refused('Network to scan', /not an address block/);
  await field.fill('203.0.113.0/24');
  await refused('Network to scan', /not a private range.*discovery\.ranges/);
  await field.fill(BLOCK);
  await page.getByRole('radio', { name: 'List' }).click();
  await page.getByLabel('List of ports').fill('22, ssh');
  await refused('List of ports', /or a list, not \[22,"ssh"\]/);
  await page.getByLabel('List of ports').fill('22');
  await page.getByLabel('Leave alone').fill('everything');
  await refused('Leave alone', /not an address block/);
  await page.getByLabel('Leave alone').fill('');
  await page.getByText('Advanced').click();
  await page.getByLabel('Wait for an answer, seconds').fill('3600');
  // What is wrong shows even when somebody folded it away.
  await page.getByText('Advanced').click();
  await refused('Wait for an answer, seconds', /out of range/);
  assert.match(page.url(), /\/discovery$/, 'nothing began');
});

story('a network is scanned, gone through, taken in, taken back, and taken in only once', async ({ page, hub }) => {
  await begin(page);
  await state(page, 'Done');
  await until('every host', async () => (await rows(page).count()) === HOSTS);
  const scan = id(page);
  const answer = await hub.get(`/discovery/jobs/${scan}`);
  assert.deepEqual([answer.alive, answer.ports], [HOSTS, [kitchen.port, attic.port].sort((a, b) => a - b)]);
  await page.getByText(/The first scan of its sort/).waitFor();
  assert.deepEqual(await look(page, 'discovery-scan'), []);

  // The filter, the keys of a list, and what a host gave away. Its words are shown as words.
  await page.keyboard.press('/');
  await page.keyboard.type('attic');
  await until('one host', async () => (await rows(page).count()) === 1);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog');
  await sheet.getByText('127.0.10.3', { exact: true }).first().waitFor();
  await sheet.getByText(/Attic .*heating/).waitFor();
  const door = sheet.getByRole('link', { name: `Open port ${attic.port} in a new tab` });
  assert.equal(await door.getAttribute('href'), `http://127.0.10.3:${attic.port}/`);
  assert.match(page.url(), /host=127\.0\.10\.3/, 'it can be linked');
  assert.deepEqual(await look(page, 'discovery-host'), []);
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await until('every host again', async () => (await rows(page).count()) === HOSTS);

  // Two are chosen; one gets a name and another kind, the other is dropped after all.
  await grid(page).focus();
  for (const key of ['Home', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await page.getByRole('toolbar', { name: 'Selection' }).getByRole('button', { name: 'Review import' }).click();
  await page.getByRole('heading', { name: 'Review 2 hosts' }).waitFor();
  await page.getByLabel('Name of 127.0.10.2').fill('kitchen radio');
  await page.getByLabel('Kind of 127.0.10.2').selectOption({ label: 'App' });
  assert.deepEqual(await look(page, 'discovery-review'), []);
  const box = page.getByRole('checkbox', { name: 'Import 127.0.10.2' });
  await box.focus();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  const dropped = page.getByRole('checkbox', { name: 'Import 127.0.10.3' });
  assert.equal(await dropped.isChecked(), false);
  // To and fro: what was left out stays out.
  await page.getByRole('button', { name: 'All hosts' }).click();
  await page.getByRole('toolbar', { name: 'Selection' }).getByRole('button', { name: 'Review import' }).click();
  await dropped.waitFor();
  assert.equal(await dropped.isChecked(), false);
  await page.getByRole('button', { name: 'Import 1 new host' }).click();
  await page.getByRole('heading', { name: 'Imported 1 host' }).waitFor();
  const [app] = (await hub.get('/apps')).data;
  assert.deepEqual([app.name, app.ip_address, app.port, app.https], ['kitchen radio', '127.0.10.2', kitchen.port, false]);
  assert.deepEqual(await look(page, 'discovery-imported'), []);

  await page.getByRole('button', { name: 'Undo the import' }).click();
  await page.getByText('Undone', { exact: true }).waitFor();
  await grid(page).waitFor();
  assert.deepEqual(await names(hub), []);

  // All of them, and then there is nothing left to do.
  await page.keyboard.press('i');
  await page.getByRole('button', { name: `Import ${HOSTS} new hosts` }).click();
  await page.getByRole('heading', { name: `Imported ${HOSTS} hosts` }).waitFor();
  assert.equal((await names(hub)).length, HOSTS);
  await page.getByRole('button', { name: 'Back to the scan' }).click();
  await page.getByRole('radio', { name: /^Not in the inventory/ }).getByText('0').waitFor();
  await grid(page).getByRole('link', { name: '127.0.10.2' }).first().waitFor();
  await page.keyboard.press('i');
  await page.getByText('Every host is in the inventory already').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled());

  // Those that are known can be noted, which creates nothing.
  await page.getByRole('checkbox', { name: 'Choose all: In the inventory' }).check();
  await page.getByRole('button', { name: `Note ${HOSTS} known hosts` }).click();
  await page.getByRole('heading', { name: /Nothing new/ }).waitFor();
  assert.equal((await names(hub)).length, HOSTS);

  // Again, when something was switched off: that is all that is otherwise.
  await page.goto(`/discovery/${scan}`);
  await close(attic);
  await page.getByRole('button', { name: 'Scan again' }).click();
  await page.waitForURL((url) => url.pathname !== `/discovery/${scan}`);
  await state(page, 'Done');
  await page.getByText(/: 1 changed\.$/).waitFor();
  await page.getByRole('radio', { name: /^Changed/ }).click();
  await until('the one that changed', async () => (await rows(page).count()) === 1);
  await grid(page).getByText('127.0.10.3').first().waitFor();
  await page.getByRole('radio', { name: /^New/ }).click();
  await page.getByText('No host is of that sort in this scan.').waitFor();
  await page.reload();
  await page.getByText('No host is of that sort in this scan.').waitFor();

  await page.getByRole('link', { name: 'Discovery', exact: true }).last().click();
  await page.getByRole('heading', { name: 'Scans' }).waitFor();
  await until('both in the history', async () => (await page.locator('[data-scans] a', { hasText: BLOCK }).count()) === 2);
});

story('a scan shows hosts as they are found, is found again after a reload, and stops', async ({ page, hub }) => {
  await begin(page, { cidr: '127.0.20.0/24', list: '9', rate: '10' });
  await state(page, 'Running');
  await until('the first hosts', async () => (await rows(page).count()) > 1);
  const bar = page.getByRole('progressbar', { name: 'Addresses looked at' });
  const before = Number(await bar.getAttribute('aria-valuenow'));
  await until('it goes on by itself', async () => Number(await bar.getAttribute('aria-valuenow')) > before);
  await page.reload();
  await state(page, 'Running');
  await until('the hosts again', async () => (await rows(page).count()) > 1);
  assert.deepEqual(await look(page, 'discovery-running'), []);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await state(page, 'Stopped');
  await page.getByText(/What it found by then is kept/).waitFor();
  const scan = await hub.get(`/discovery/jobs/${id(page)}`);
  assert.equal(scan.state, 'cancelled');
  assert.ok(scan.checked < scan.total);
  await page.getByText(new RegExp(`^${scan.alive} hosts? of`)).waitFor();
});

story('what is scanned by the clock is told, with where that is set', async ({ page }) => {
  await page.goto('/discovery');
  const panel = page.getByRole('region', { name: 'By the clock' });
  await panel.getByText(SCHEDULED).waitFor();
  await panel.getByText('discovery.schedule', { exact: true }).waitFor();
  const line = page.locator('[data-scans] a', { hasText: SCHEDULED });
  await line.getByText(/by the schedule/).waitFor();
  await page.getByRole('list', { name: 'Networks that are known' }).getByRole('button', { name: SCHEDULED }).click();
  assert.equal(await page.getByLabel('Network to scan').inputValue(), SCHEDULED);
});

story('a network of the inventory is proposed by its name', async ({ page, hub }) => {
  await hub.api('POST', '/networks', { name: 'Cellar', subnet: '127.0.50.0/29' });
  await page.goto('/discovery');
  await page.getByRole('button', { name: '127.0.50.0/29 Cellar' }).click();
  assert.equal(await page.getByLabel('Network to scan').inputValue(), '127.0.50.0/29');
});

story('who may only look sees scans and cannot begin one', { guest: true, refusals: [401] }, async ({ page, context, hub }) => {
  const { id: scan } = await hub.api('POST', '/discovery/jobs', { cidr: '127.0.60.0/30', ports: [9] });
  await context.request.post('/api/auth/login', { data: LOOKER, failOnStatusCode: true });
  await page.goto('/discovery');
  await page.getByText(/Starting one.*takes the role editor/).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Scan', exact: true }).count(), 0);
  assert.deepEqual(await look(page, 'discovery-looker'), []);
  await page.locator(`[data-scans] a[href="/discovery/${scan}"]`).click();
  await state(page, 'Done');
  await rows(page).first().waitFor();
  for (const name of ['Review import', 'Scan again']) assert.equal(await page.getByRole('button', { name }).count(), 0);
  assert.equal(await page.getByRole('checkbox').count(), 0);
  await page.goto(`/discovery/${scan}?review=1`);
  await rows(page).first().waitFor();
});

story('a scan that is not there says so', { refusals: [404] }, async ({ page }) => {
  await page.goto('/discovery/99999');
  await page.getByRole('heading', { name: 'There is no scan 99999' }).waitFor();
  await page.getByRole('link', { name: 'All scans' }).click();
  await page.getByRole('heading', { name: 'Scans' }).waitFor();
});

story('a phone scans, looks and imports', { viewport: PHONE }, async ({ page, hub }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Discovery' }).click();
  await page.getByRole('heading', { name: 'Discovery', level: 1 }).waitFor();
  await settled(page);
  assert.deepEqual(await look(page, 'discovery-390'), []);
  await begin(page, { cidr: '127.0.70.0/29', list: '9' });
  await page.getByRole('button', { name: 'Review import' }).waitFor();
  await grid(page).getByText('127.0.70.2').first().waitFor();
  assert.deepEqual(await look(page, 'discovery-scan-390'), []);
  await grid(page).getByRole('link', { name: '127.0.70.2' }).click();
  await page.getByRole('dialog').getByText('None of those that were tried.').waitFor();
  assert.deepEqual(await look(page, 'discovery-host-390'), []);
  await page.getByRole('dialog').getByRole('button', { name: 'Review its import' }).click();
  await page.getByLabel('Name of 127.0.70.2').fill('from the sofa');
  assert.deepEqual(await look(page, 'discovery-review-390'), []);
  await page.getByRole('button', { name: 'Import 1 new host' }).click();
  await page.getByRole('heading', { name: 'Imported 1 host' }).waitFor();
  assert.deepEqual(await look(page, 'discovery-imported-390'), []);
  assert.ok((await names(hub)).includes('from the sofa'));
});
