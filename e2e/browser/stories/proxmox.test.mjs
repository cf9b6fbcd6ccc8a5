// The simulated cluster of the demo: its nodes and guests, what is done with them, how well it is, how it is connected.
import assert from 'node:assert/strict';

import { PHONE, answered, finding, settled, stories, until } from '../browser.mjs';
import { startHub } from '../hub.mjs';
import { look } from '../look.mjs';

const story = stories(() => startHub({ demo: true }));

const PASSWORD = 'correct horse battery';
/** The demo with accounts; who signs in may only look. */
const watched = stories(async () => {
  const hub = await startHub({ demo: true });
  await hub.api('POST', '/users', { name: 'keeper', password: PASSWORD, role: 'admin' });
  const account = { name: 'keeper', password: PASSWORD };
  const headers = { 'content-type': 'application/json', 'x-labkeeper': '1' };
  const login = await fetch(`${hub.url}/api/auth/login`, { method: 'POST', headers, body: JSON.stringify(account) });
  const cookie = login.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
  const viewer = { name: 'guest', password: PASSWORD };
  await hub.api('POST', '/users', { ...viewer, role: 'viewer' }, { cookie, 'x-labkeeper': '1' });
  return Object.assign(hub, { account: viewer });
});

const guests = async (hub) =>
  (await Promise.all(['containers', 'vms'].map((kind) => hub.get(`/proxmox/${kind}`)))).flatMap((list) => list.guests);
const guest = async (hub, is) => {
  const found = (await guests(hub)).find((one) => !one.template && !one.lock && is(one));
  assert.ok(found, 'the cluster has such a guest');
  return found;
};
const statusOf = async (hub, { vmid }) => (await guests(hub)).find((one) => one.vmid === vmid).status;
const row = (page, { name }) =>
  page.getByRole('grid', { name: 'Guests' }).getByRole('row').filter({ has: page.getByText(name, { exact: true }) });

/** In the one place of the row where its status stands at this width. */
const state = (page, one, word) => row(page, one).getByText(word, { exact: true }).filter({ visible: true }).waitFor();

/** The page with no row in sight but that of the guest. */
async function only(page, { name, vmid }) {
  await page.goto(`/proxmox?q=${name}+${vmid}`);
  await row(page, { name }).waitFor();
}
async function choose(page, one, action) {
  await row(page, one).hover();
  await row(page, one).getByRole('button', { name: `Actions for ${one.name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

story('nodes and guests are shown as the cluster has them', async ({ page, hub }) => {
  const { nodes } = await hub.get('/proxmox/nodes');
  const all = await guests(hub);
  await page.goto('/proxmox');
  await settled(page);
  const cards = page.getByRole('list', { name: 'Nodes' }).getByRole('listitem');
  assert.equal(await cards.count(), nodes.length);
  for (const { node } of nodes) await cards.filter({ hasText: node }).getByText('Online').waitFor();
  const grid = page.getByRole('grid', { name: 'Guests' });
  assert.equal(await grid.getAttribute('aria-rowcount'), String(all.length + 1));

  // Pressing a node shows only its guests; again, all of them.
  const [{ node }] = nodes;
  const card = cards.getByRole('button', { name: new RegExp(`^${node}\\b`) });
  await card.click();
  const mine = all.filter((one) => one.node === node).length;
  await until('its guests', async () => (await grid.getAttribute('aria-rowcount')) === String(mine + 1));
  assert.equal(await card.getAttribute('aria-pressed'), 'true');
  await page.reload();
  await until('still its guests', async () => (await grid.getAttribute('aria-rowcount')) === String(mine + 1));
  await card.click();
  await until('all again', async () => (await grid.getAttribute('aria-rowcount')) === String(all.length + 1));

  const off = all.filter((one) => one.status === 'stopped' && !one.template);
  await page.goto('/proxmox?status=Stopped');
  await until('those that are off', async () => (await grid.getAttribute('aria-rowcount')) === String(off.length + 1));
});

story('a guest leads to its item, and the item shows how the guest is', async ({ page, hub }) => {
  const [{ vmid, name }] = (await hub.get('/containers?limit=500')).data.filter((one) => one.vmid);
  const one = await guest(hub, (other) => other.vmid === vmid);
  await only(page, one);
  await page.getByRole('grid').getByRole('link').first().click();
  await page.getByRole('dialog', { name }).getByRole('link', { name: 'Open in the inventory' }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  const panel = page.getByRole('region', { name: 'On Proxmox' });
  await panel.getByText('Running', { exact: true }).waitFor();
  await panel.getByRole('button', { name: 'Stop…' }).waitFor();
  await panel.getByRole('link', { name: one.node }).click();
  await page.getByRole('button', { name: new RegExp(`^${one.node}\\b`), pressed: true }).waitFor();
});

story('a stopped guest is started, and then it runs', async ({ page, hub }) => {
  const off = await guest(hub, (one) => one.status === 'stopped');
  await only(page, off);
  await state(page, off, 'Stopped');
  await choose(page, off, 'Start');
  await state(page, off, 'Running');
  await page.getByText(`Started ${off.name}`).waitFor();
  assert.equal(await statusOf(hub, off), 'running');
});

story('stopping asks first with what would be lost, and nothing happens when one declines', async ({ page, hub }) => {
  const on = await guest(hub, (one) => one.status === 'running');
  await only(page, on);
  const question = page.getByRole('dialog', { name: `Stop ${on.name}?` });
  await choose(page, on, 'Stop…');
  await question.getByText('What it has not written yet is lost.').waitFor();
  assert.deepEqual(await look(page, 'guest-stop'), []);
  // Enter is the safe answer.
  await question.locator('button:focus', { hasText: 'Cancel' }).waitFor();
  await page.keyboard.press('Enter');
  await question.waitFor({ state: 'detached' });
  assert.equal(await statusOf(hub, on), 'running');

  await choose(page, on, 'Stop…');
  await question.getByRole('button', { name: 'Stop', exact: true }).click();
  await state(page, on, 'Stopped');
  assert.equal(await statusOf(hub, on), 'stopped');
});

story('a guest is restarted by keyboard alone', async ({ page, hub }) => {
  const on = await guest(hub, (one) => one.status === 'running');
  await page.goto('/');
  await settled(page);
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.getByRole('heading', { name: 'Proxmox', level: 1 }).waitFor();
  await page.getByRole('grid', { name: 'Guests' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(`${on.name} ${on.vmid}`);
  await page.keyboard.press('Enter');
  await page.keyboard.press('m');
  // A person waits until the key would do what they see.
  await page.locator('[role=menuitem]:focus', { hasText: 'Restart…' }).waitFor();
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: `Restart ${on.name}?` });
  await question.locator('button:focus', { hasText: 'Cancel' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText(`Restarted ${on.name}`).waitFor();
  assert.equal(await statusOf(hub, on), 'running');
});

story('the table knows addresses, and says of no guest that it has no backup where not all could be seen', async ({ page, hub }) => {
  const { backups, gaps } = await hub.get('/proxmox/backups?limit=1000');
  assert.ok(gaps.length, 'the token of the demo may not see every backup');
  const items = (await hub.get('/containers?limit=500')).data;
  const one = await guest(hub, (other) => items.find(({ id, ip_address }) => id === other.item && ip_address));
  await only(page, one);
  const { ip_address } = items.find(({ id }) => id === one.item);
  await row(page, one).getByText(ip_address, { exact: true }).filter({ visible: true }).waitFor();
  const lacks = await guest(hub, ({ vmid }) => !backups.some((other) => other.vmid === vmid));
  await page.goto(`/proxmox?guest=${lacks.cluster}%2F${lacks.vmid}`);
  const list = page.getByRole('dialog', { name: lacks.name }).getByRole('region', { name: 'Backups' });
  await list.getByText(gaps[0].problem, { exact: false }).first().waitFor();
  assert.equal(await page.getByText('None', { exact: true }).count(), 0);
  assert.equal(await list.getByText('There is none.').count(), 0);
});

story('a guest is looked at in full, and goes back to a snapshot', async ({ page, hub }) => {
  const one = await guest(hub, (other) => other.status === 'running' && other.operable && other.vmid);
  const all = async () => (await hub.get(`/proxmox/guests/${one.vmid}/snapshots?cluster=${one.cluster}`)).snapshots;
  const before = (await all()).length;
  await only(page, one);
  await page.getByRole('grid', { name: 'Guests' }).focus();
  for (const key of ['j', 'Enter']) await page.keyboard.press(key);
  const sheet = page.getByRole('dialog', { name: one.name });
  await sheet.getByRole('region', { name: 'Configuration' }).getByText('hostname').or(sheet.getByText('memory', { exact: true })).first().waitFor();
  assert.match(page.url(), /guest=/);
  const snapshots = sheet.getByRole('region', { name: 'Snapshots' });
  await snapshots.getByRole('button', { name: 'Make one' }).click();
  await page.getByText(`Made a snapshot of ${one.name}`).waitFor();
  await until('one more', async () => (await snapshots.getByRole('listitem').count()) === before + 1);
  const made = (await all()).at(-1);
  const line = snapshots.getByRole('listitem').filter({ hasText: made.name });
  await sheet.getByRole('region', { name: 'Tasks' }).getByRole('listitem').filter({ hasText: 'Snapshot· Done' }).first().waitFor();
  await settled(page);
  assert.deepEqual(await look(page, 'guest'), []);

  await line.getByRole('button', { name: 'Go back…' }).click();
  const question = page.getByRole('dialog', { name: `Take ${one.name} back to ${made.name}?` });
  await question.getByText('Everything written since the snapshot is lost.').waitFor();
  await question.getByRole('button', { name: 'Go back', exact: true }).click();
  await page.getByText(`${one.name} is as it was at ${made.name}`).waitFor();
  await line.getByText('grew from this').waitFor();
  assert.equal(await statusOf(hub, one), 'running', 'it runs again');
  await line.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog', { name: `Delete snapshot ${made.name}?` }).getByRole('button', { name: 'Delete' }).click();
  await page.getByText(`Deleted ${made.name} of ${one.name}`).waitFor();
  assert.equal((await all()).length, before);
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  assert.doesNotMatch(page.url(), /guest=/);
});

story('the health board shows what is wrong first, and calls nothing fine that it did not see', async ({ page, hub }) => {
  const { status, findings } = await answered(page, '/api/proxmox/health', () => page.goto('/health'));
  const of = (level) => findings.filter((one) => one.status === level);
  assert.ok(of('warn').length + of('crit').length, 'the simulated lab has its troubles');
  await settled(page);
  const main = page.getByRole('main');
  const words = { ok: /is fine$/, unknown: /could be seen$/, warn: /needs attention$/, crit: /is wrong$/ };
  await main.getByRole('region', { name: 'The whole' }).getByText(words[status]).waitFor();
  const rows = main.getByRole('listitem');
  for (const one of [...of('crit'), ...of('warn')].slice(0, 5)) await rows.filter({ hasText: finding(one.finding) }).first().waitFor();
  for (const one of of('unknown').slice(0, 5)) {
    const shown = rows.filter({ hasText: finding(one.finding) }).first();
    await shown.getByText('Unknown', { exact: true }).waitFor();
  }
  assert.equal(await main.getByText('Unknown', { exact: true }).count(), of('unknown').length);
  const { ts } = await answered(page, '/api/proxmox/health', () => page.getByRole('button', { name: 'Look again' }).click());
  await main.locator(`time[datetime="${ts}"]`).waitFor();
  await page.goto('/');
  const tile = main.getByRole('region', { name: 'Health' });
  await tile.getByText(words[status]).waitFor();
  await tile.getByRole('link', { name: 'All findings' }).click();
  await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor();
});

story('the connections say how the cluster is reached, and how another is connected', async ({ page, hub }) => {
  const [cluster] = (await hub.get('/proxmox/clusters')).clusters;
  await page.goto('/settings/connections');
  const panel = page.getByRole('region', { name: cluster.name });
  for (const { address } of cluster.endpoints) await panel.getByText(address).filter({ visible: true }).first().waitFor();
  await panel.getByText(cluster.version).filter({ visible: true }).first().waitFor();
  for (const one of cluster.findings.filter(({ status }) => status !== 'ok'))
    await panel.getByText(one.finding, { exact: false }).first().waitFor();
  const fine = cluster.findings.filter(({ status }) => status === 'ok').length;
  await panel.getByText(new RegExp(`^\\s*${fine} checks? (is|are) fine`)).click();

  const command = page.getByRole('textbox', { name: 'The command' });
  await page.getByRole('radio', { name: 'Operate' }).click();
  await page.getByLabel('Address of a node').fill('pve9.lan; rm');
  await page.getByText('A host name or an address').waitFor();
  assert.equal(await command.inputValue(), 'labkeeper setup --tier operate --node-host HOST');
  await page.getByLabel('Address of a node').fill('pve9.lan');
  assert.equal(await command.inputValue(), 'labkeeper setup --tier operate --node-host pve9.lan');
  await page.getByRole('radio', { name: 'Companion' }).click();
  await page.getByText(/^Only labkeeper enforces this/).last().waitFor();
});

story('guests are switched in the hand too', { viewport: PHONE }, async ({ page, hub }) => {
  const off = await guest(hub, (one) => one.status === 'stopped');
  await only(page, off);
  assert.deepEqual(await look(page, 'guest-in-hand'), []);
  await row(page, off).getByRole('link').click();
  await page.getByRole('dialog', { name: off.name }).getByRole('region', { name: 'Configuration' }).waitFor();
  await settled(page);
  assert.deepEqual(await look(page, 'guest-sheet-in-hand'), []);
  await page.getByRole('button', { name: 'Close' }).click();
  await row(page, off).getByRole('button', { name: `Actions for ${off.name}` }).click();
  await page.getByRole('menuitem', { name: 'Start' }).click();
  await page.getByText(`Started ${off.name}`).waitFor();
  await state(page, off, 'Running');
});

watched('who may only look sees guests and no way to switch them', { refusals: [403] }, async ({ page, hub, context }) => {
  const { containers } = await context.request.get('/api/proxmox/containers').then(async (answer) => ({
    containers: (await answer.json()).guests,
  }));
  const on = containers.find((one) => one.status === 'running');
  await only(page, on);
  await row(page, on).hover();
  await row(page, on).getByRole('button', { name: `Actions for ${on.name}` }).click();
  assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), ['Details', 'Open in the inventory']);
  await page.getByRole('menuitem', { name: 'Details' }).click();
  const sheet = page.getByRole('dialog', { name: on.name });
  await sheet.getByRole('region', { name: 'Snapshots' }).getByRole('paragraph').or(sheet.getByRole('listitem')).first().waitFor();
  assert.deepEqual(await sheet.getByRole('button').allInnerTexts(), [''], 'nothing but the way out');
  await sheet.getByRole('link', { name: 'Open in the inventory' }).click();
  const panel = page.getByRole('region', { name: 'On Proxmox' });
  await panel.getByText('Running', { exact: true }).waitFor();
  assert.equal(await panel.getByRole('button').count(), 0);
  const headers = { 'x-labkeeper': '1' };
  const data = { cluster: on.cluster, confirm: true };
  const refused = await context.request.post(`/api/proxmox/guests/${on.vmid}/stop`, { headers, data });
  assert.equal(refused.status(), 403, await refused.text());
});
