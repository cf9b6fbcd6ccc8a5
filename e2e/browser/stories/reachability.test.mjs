// Who answers: listeners on loopback that go away and come back, and a hub that looks every minute.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';
import { createServer as createSecureServer } from 'node:tls';

import { PHONE, settled, stories, until } from '../browser.mjs';
import { startHub } from '../hub.mjs';
import { look } from '../look.mjs';

/** A look a minute, and five seconds until silence is believed. */
const ROUND = 100_000;
const PASSWORD = 'correct horse battery';
const env = { LABKEEPER_WATCH_MINUTES: '1', LABKEEPER_DISCOVERY_RANGES: '127.0.0.0/8' };

const listeners = new Set();
after(() => listeners.forEach((server) => server.close()));

/** A service at `host`, on a port that the system chose the first time. */
async function listen(host, port = 0, secure = null) {
  const server = secure ? createSecureServer(secure, (socket) => socket.end()) : createServer((socket) => socket.end());
  server.on('tlsClientError', () => {});
  await new Promise((resolve, reject) => server.on('error', reject).listen(port, host, resolve));
  listeners.add(server);
  const own = { host, port: server.address().port };
  return Object.assign(own, {
    async away() {
      listeners.delete(server);
      await new Promise((resolve) => server.close(resolve));
    },
    back: () => listen(host, own.port, secure),
  });
}

/** A certificate that ends in five days. */
function certificate(directory) {
  const [key, cert] = [join(directory, 'vault.key'), join(directory, 'vault.crt')];
  const words = ['-subj', '/CN=vault.lan', '-addext', 'subjectAltName=DNS:vault.lan,DNS:safe.lan', '-days', '5'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...words], { stdio: 'pipe' });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** Items, their listeners, and a hub that has looked at them once. */
async function town(hub) {
  const wiki = await listen('127.0.0.11');
  const media = await listen('127.0.0.12');
  const vault = await listen('127.0.0.13', 0, certificate(hub.directory));
  const app = async (name, { host, port }, more = {}) =>
    (await hub.api('POST', '/apps', { name, ip_address: host, port, ...more })).data.id;
  const ids = { wiki: await app('wiki', wiki), media: await app('media', media), vault: await app('vault', vault, { https: true }) };
  ids.box = (await hub.api('POST', '/hardware', { name: 'box', ip_address: '127.0.0.14' })).data.id;
  ids.lan = (await hub.api('POST', '/networks', { name: 'lan', subnet: '127.0.0.0/24' })).data.id;
  // A hub looks as soon as it is there.
  await hub.kill();
  await hub.start();
  await until('the first look', async () => (await hub.get('/reachability')).certificates.length === 1, ROUND);
  return Object.assign(hub, { wiki, media, vault, ids });
}

const story = stories(async () => town(await startHub({ env })));
const still = stories(() => startHub());
const closed = stories(async () => {
  const hub = await town(await startHub({ env }));
  await hub.api('POST', '/users', { name: 'keeper', password: PASSWORD, role: 'admin' });
  const headers = { 'content-type': 'application/json', 'x-labkeeper': '1' };
  const body = JSON.stringify({ name: 'keeper', password: PASSWORD });
  const login = await fetch(`${hub.url}/api/auth/login`, { method: 'POST', headers, body });
  const cookie = login.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
  const viewer = { name: 'guest', password: PASSWORD };
  await hub.api('POST', '/users', { ...viewer, role: 'viewer' }, { cookie, 'x-labkeeper': '1' });
  return Object.assign(hub, { account: viewer });
});

const row = (page, grid, name) =>
  page.getByRole('grid', { name: grid }).getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
const says = (where, word) => where.getByText(word, { exact: true }).filter({ visible: true }).first();
const panel = (page) => page.getByRole('region', { name: 'Reachability' });

story('who goes away and comes back shows on open pages, and leaves a gap in the past', { timeout: 420_000 }, async ({ page, hub, fresh }) => {
  const { page: list, context } = await fresh();
  await list.goto('/inventory/apps');
  await says(row(list, 'Apps', 'wiki'), 'Up').waitFor();
  await list.getByText('ms', { exact: false }).first().waitFor();
  await list.evaluate(() => (globalThis.same = true));
  await page.goto(`/items/${hub.ids.wiki}`);
  await says(page.getByRole('region', { name: 'Summary' }), 'Up').waitFor();
  await panel(page).getByRole('img', { name: /no outage$/ }).waitFor();

  await hub.wiki.away();
  await says(row(list, 'Apps', 'wiki'), 'Down').waitFor({ timeout: ROUND });
  await says(row(list, 'Apps', 'media'), 'Up').waitFor();
  assert.equal(await list.evaluate(() => globalThis.same), true, 'without loading the page again');
  await says(page.getByRole('region', { name: 'Summary' }), 'Down').waitFor();

  // Down is first, whatever its name, and is found by it.
  await list.goto('/health/reachability');
  const first = list.getByRole('grid', { name: 'Watched items' }).getByRole('row').nth(1);
  await first.getByText('wiki', { exact: true }).waitFor();
  await list.getByText('1 of 4 down').waitFor();
  await list.getByRole('link', { name: 'Reachability 1 down' }).waitFor();
  assert.deepEqual(await look(list, 'reachability'), []);
  await list.keyboard.press('/');
  await list.keyboard.type('up');
  await until('those that answer', async () => (await row(list, 'Watched items', 'wiki').count()) === 0);
  await row(list, 'Watched items', 'box').waitFor();
  await list.goto('/health/reachability?health=Down');
  await list.getByRole('grid').focus();
  for (const key of ['j', 'Enter']) await list.keyboard.press(key);
  await list.getByRole('heading', { name: 'wiki', level: 1 }).waitFor();
  const down = await hub.get('/search?q=is:down');
  assert.deepEqual(down.data.map((hit) => hit.name), ['wiki']);
  await list.keyboard.press('Control+k');
  await list.getByRole('dialog').getByRole('combobox').fill('is:down');
  await list.getByRole('option', { name: /wiki/ }).waitFor();
  await list.keyboard.press('Escape');
  await list.goto('/');
  await list.getByRole('link', { name: /wiki does not answer/ }).waitFor();
  await list.goto('/map');
  await list.getByRole('button', { name: /^wiki.*, down/ }).waitFor();
  await list.goto('/health/outages');
  await says(row(list, 'Outages of the last week', 'wiki'), 'Still down').waitFor();

  await hub.wiki.back();
  await says(page.getByRole('region', { name: 'Summary' }), 'Up').waitFor({ timeout: ROUND });
  await panel(page).getByRole('img', { name: /1 outage, \d+ (s|min) in all$/ }).waitFor();
  await panel(page).getByText('When it did not answer').click();
  const outages = panel(page).getByRole('table').getByRole('row');
  assert.equal(await outages.count(), 2, 'the head and the one outage');
  assert.doesNotMatch(await outages.nth(1).innerText(), /still/);
  const { stretches, day } = await hub.get(`/items/${hub.ids.wiki}/reachability`);
  assert.deepEqual(stretches.map((one) => one.alive), [true, false, true]);
  assert.ok(day > 0 && day < 1);
  await panel(page).getByText(`${Math.floor(day * 1000) / 10} %`, { exact: true }).waitFor();
  await panel(page).getByRole('radio', { name: '30 d' }).click();
  await panel(page).getByText(/in the last 30 days, 1 outage/).waitFor();
  assert.deepEqual(await look(page, 'item-watched'), []);
  await until('its end', async () => (await says(row(list, 'Outages of the last week', 'wiki'), 'Still down').count()) === 0);
  assert.deepEqual(await look(list, 'outages'), []);
  await context.close();
});

story('an item is asked now, as one watches it', async ({ page, hub }) => {
  await page.goto(`/items/${hub.ids.media}`);
  const ask = panel(page).getByRole('button', { name: 'Check now' });
  await ask.click();
  await panel(page).getByText(/^Port \d+ takes connections/).waitFor();
  await hub.media.away();
  await ask.click();
  await panel(page).getByText(/^Port \d+ takes no connections/).waitFor();
  await panel(page).getByText(/^127\.0\.0\.12 answers/).waitFor();
  Object.assign(hub, { media: await hub.media.back() });

  await page.goto(`/items/${hub.ids.lan}`);
  await page.getByRole('heading', { name: 'lan', level: 1 }).waitFor();
  assert.equal(await panel(page).count(), 0, 'a network has no answer of its own');
  await page.goto('/inventory/networks');
  await page.getByRole('columnheader', { name: 'Name', exact: true }).waitFor();
  assert.equal(await page.getByRole('columnheader', { name: 'State' }).count(), 0);
});

story('a certificate that ends soon is told where it is and in the list of all', async ({ page, hub }) => {
  const [shown] = (await hub.get('/reachability')).certificates;
  await page.goto('/health/certificates');
  await row(page, 'Certificates', 'vault').getByText(shown.words).filter({ visible: true }).waitFor();
  await row(page, 'Certificates', 'vault').getByText('vault.lan, safe.lan').waitFor();
  await page.getByRole('link', { name: 'Certificates 1 end soon' }).waitFor();
  assert.deepEqual(await look(page, 'certificates'), []);
  await row(page, 'Certificates', 'vault').getByRole('link').first().click();
  await panel(page).getByText(shown.words).waitFor();
  await panel(page).getByText('vault.lan, safe.lan').waitFor();
});

story('in the hand too', { viewport: PHONE }, async ({ page, hub }) => {
  for (const [name, path] of [
    ['reachability-in-hand', '/health/reachability'],
    ['outages-in-hand', '/health/outages'],
    ['certificates-in-hand', '/health/certificates'],
    ['watched-list-in-hand', '/inventory/apps'],
    ['item-watched-in-hand', `/items/${hub.ids.vault}`],
  ]) {
    await page.goto(path);
    await settled(page);
    assert.deepEqual(await look(page, name), []);
  }
  await says(page.getByRole('region', { name: 'Summary' }), 'Up').waitFor();
});

closed('who may only look sees who answers, and may ask', async ({ page, hub }) => {
  await page.goto('/health/reachability');
  await says(row(page, 'Watched items', 'box'), 'Up').waitFor();
  await page.goto(`/items/${hub.ids.box}`);
  await panel(page).getByRole('button', { name: 'Check now' }).click();
  await panel(page).getByText(/^127\.0\.0\.14 answers/).waitFor();
});

still('a hub that watches nothing says how that is switched on', { refusals: [409] }, async ({ page, hub }) => {
  const { data } = await hub.api('POST', '/hardware', { name: 'box', ip_address: '127.0.0.14' });
  await page.goto('/health/reachability');
  await page.getByRole('heading', { name: 'Nothing is watched' }).waitFor();
  await page.getByText('minutes = 5').waitFor();
  assert.deepEqual(await look(page, 'reachability-off'), []);
  await page.getByRole('link', { name: 'Who is told' }).click();
  await page.getByRole('heading', { name: 'Who is told' }).waitFor();
  assert.match(await page.getByLabel('An example for notify.url').inputValue(), /^LABKEEPER_NOTIFY_URL=/);
  await page.getByRole('button', { name: 'Send a test message' }).click();
  await page.getByText(/^Nobody is told anything.*notify\.url/).waitFor();
  assert.deepEqual(await look(page, 'notifications'), []);
  await page.goto(`/items/${data.id}`);
  await panel(page).getByRole('link', { name: 'How to switch it on' }).waitFor();
  await page.goto('/inventory/hardware');
  await page.getByRole('columnheader', { name: 'Name', exact: true }).waitFor();
  assert.equal(await page.getByRole('columnheader', { name: 'State' }).count(), 0, 'no column of dashes');
});
