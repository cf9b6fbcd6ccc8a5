// The map: looked at, arranged, drawn on, asked what breaks, and taken along.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { PHONE, settled, stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const ids = {};
const story = stories(async () => {
  const hub = await startClosedHub();
  const make = async (kind, data) => (ids[data.name] = (await hub.api('POST', `/${kind}`, data)).data.id);
  await make('networks', { name: 'servers', subnet: '10.0.20.0/24', color: '#22aa66', vlan_id: 20 });
  await make('hardware', { name: 'switch' });
  await make('hardware', { name: 'nas', ip_address: '10.0.30.4' });
  await make('hardware', { name: 'pve-01', ip_address: '10.0.20.2' });
  await make('vms', { name: 'docker-01', hardware_id: ids['pve-01'] });
  await make('apps', { name: 'Jellyfin', vm_id: ids['docker-01'] });
  await make('misc', { name: 'label printer' });
  await hub.api('POST', '/links', { from: ids.Jellyfin, to: ids.nas, rel: 'mounts' });
  return hub;
});

const item = (page, name) => page.locator(`[data-item="${ids[name]}"]`);
const drawn = (page, name) => item(page, name).waitFor();
const toast = (page, text) => page.locator('[data-sonner-toast]').filter({ hasText: text }).last();
const lines = async (hub, rel) =>
  (await hub.get('/map/graph')).edges.map(({ data }) => data).filter((edge) => edge.rel === rel);
const places = async (hub) => (await hub.get('/map/layout')).data;

/** The middle of an item in the map's own measure, whatever is in sight. */
const middle = (page, name) =>
  item(page, name).evaluate((element) => {
    const node = element.closest('.svelte-flow__node');
    // Another layout is just being drawn.
    if (!node) return { x: NaN, y: NaN };
    const { e, f } = new DOMMatrix(getComputedStyle(node).transform);
    return { x: Math.round(e + node.offsetWidth / 2), y: Math.round(f + node.offsetHeight / 2) };
  });

/** The middle of what is drawn, in sight, once it stands: a layout may just be on its way. */
async function grip(drawing) {
  let before = null;
  const box = await until('what stands still', async () => {
    const now = await drawing.boundingBox();
    const stands = now && before && now.x === before.x && now.y === before.y;
    before = now;
    return stands && now;
  });
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Forgets what the stories before have put somewhere or drawn. */
async function afresh(page, hub, path = '/map') {
  const put = await places(hub);
  if (Object.keys(put).length)
    await hub.api('PUT', '/map/layout', { positions: Object.fromEntries(Object.keys(put).map((key) => [key, null])) });
  for (const edge of (await hub.get('/map/graph')).edges)
    if (!['parent', 'mounts'].includes(edge.data.rel)) await hub.api('DELETE', `/links/${edge.data.id}`);
  await page.goto(path);
  await (path === '/inventory' ? settled(page) : drawn(page, 'pve-01'));
}

story('what is dragged stays there after a reload, and comes back by undo', async ({ page, hub }) => {
  await afresh(page, hub);
  const before = await middle(page, 'nas');
  const from = await grip(item(page, 'nas'));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (const share of [0.3, 0.7, 1]) await page.mouse.move(from.x + 150 * share, from.y - 90 * share);
  await page.mouse.up();
  await toast(page, 'Pinned nas').waitFor();
  const saved = (await places(hub))[`hardware-${ids.nas}`];
  assert.equal(saved.pinned, true);
  assert.notDeepEqual(await middle(page, 'nas'), before);

  await page.reload();
  await page.getByRole('button', { name: /^nas .*pinned/ }).waitFor();
  assert.deepEqual(await middle(page, 'nas'), { x: Math.round(saved.x), y: Math.round(saved.y) });
  for (const layout of ['Layered', 'Organic']) {
    await page.getByRole('radio', { name: layout }).click();
    await until(`the pin in ${layout}`, async () => {
      const { x, y } = await middle(page, 'nas');
      return Math.abs(x - saved.x) <= 1 && Math.abs(y - saved.y) <= 1 && page.url().includes(layout.toLowerCase());
    });
  }
  await page.getByRole('radio', { name: 'Nested' }).click();
  await item(page, 'nas').click();
  await page.getByRole('button', { name: 'Unpin', exact: true }).click();
  await until('nothing saved', async () => !Object.keys(await places(hub)).length);
  await toast(page, 'Unpinned nas').getByRole('button', { name: 'Undo' }).click();
  await until('pinned again', async () => (await places(hub))[`hardware-${ids.nas}`]?.x === saved.x);
  await page.getByRole('button', { name: /^nas .*pinned/ }).waitFor();
});

story('by keyboard alone: found, moved, connected, labelled, removed, taken back', async ({ page, hub }) => {
  await afresh(page, hub, '/inventory');
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await drawn(page, 'pve-01');
  await page.keyboard.press('/');
  await until('the words go there', () => page.locator('[data-filter]').evaluate((field) => field === document.activeElement));
  await page.keyboard.type('switch');
  await until('one found', async () => (await page.getByRole('status').filter({ hasText: /^1\s*found/ }).count()) === 1);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await until('the focus on it', async () => {
    await page.keyboard.press('Tab');
    return item(page, 'switch').evaluate((element) => element === document.activeElement);
  });
  const before = await middle(page, 'switch');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowUp');
  await toast(page, 'Pinned switch').waitFor();
  assert.deepEqual(await middle(page, 'switch'), { x: before.x + 20, y: before.y - 20 });
  assert.ok(await item(page, 'switch').evaluate((element) => element === document.activeElement), 'the focus stays');

  await page.keyboard.press('l');
  const connect = page.getByRole('dialog', { name: 'Connect switch' });
  await connect.getByLabel('With').waitFor();
  await until('the focus on the other end', () => connect.getByLabel('With').evaluate((field) => field === document.activeElement));
  await page.keyboard.type('pve');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await connect.getByLabel('Label').focus();
  await page.keyboard.type('port 3');
  await page.keyboard.press('Enter');
  await connect.waitFor({ state: 'detached' });
  const [cable] = await until('a cable', async () => ((await lines(hub, 'connected_to')).length ? lines(hub, 'connected_to') : null));
  assert.deepEqual([cable.source, cable.target, cable.label], [`hardware-${ids.switch}`, `hardware-${ids['pve-01']}`, 'port 3']);

  await item(page, 'switch').focus();
  await page.keyboard.press('Enter');
  const details = page.getByRole('complementary', { name: 'Details of switch' });
  await details.getByRole('button', { name: 'Edit the line to pve-01, port 3' }).focus();
  await page.keyboard.press('Enter');
  const edit = page.getByRole('dialog', { name: 'switch – pve-01' });
  await until('the focus on the label', () => edit.getByLabel('Label').evaluate((field) => field === document.activeElement));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('10G');
  await page.keyboard.press('Enter');
  await details.getByRole('button', { name: 'Edit the line to pve-01, 10G' }).waitFor();
  assert.equal((await lines(hub, 'connected_to'))[0].label, '10G');
  await toast(page, 'Changed the label').getByRole('button', { name: 'Undo' }).press('Enter');
  await details.getByRole('button', { name: 'Edit the line to pve-01, port 3' }).press('Enter');
  await edit.getByRole('button', { name: 'Remove line' }).press('Enter');
  await until('no cable', async () => !(await lines(hub, 'connected_to')).length);
  await toast(page, 'Removed the line').getByRole('button', { name: 'Undo' }).press('Enter');
  await until('the cable', async () => (await lines(hub, 'connected_to'))[0]?.label === 'port 3');
  await details.getByRole('button', { name: 'Edit the line to pve-01, port 3' }).waitFor();

  await details.getByRole('button', { name: 'Close' }).press('Enter');
  await until('the focus back', () => item(page, 'switch').evaluate((element) => element === document.activeElement));
  await page.keyboard.press('ArrowDown');
  const at = await page.evaluate(() => document.activeElement.getAttribute('data-item'));
  assert.ok(at && at !== String(ids.switch), 'an arrow goes on to another item');
});

story('a line is drawn by dragging from one item to another, and clicked to change it', async ({ page, hub }) => {
  await afresh(page, hub);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('Drag from one item to another').waitFor();
  const [from, to] = [await grip(item(page, 'nas')), await grip(item(page, 'label printer'))];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (const share of [0.4, 0.8, 1]) await page.mouse.move(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share);
  await page.mouse.up();
  const connect = page.getByRole('dialog', { name: 'Connect nas' });
  await connect.waitFor();
  assert.equal(await connect.getByLabel('With').inputValue(), 'label printer');
  await connect.getByLabel('nas', { exact: true }).selectOption('edge');
  await connect.getByLabel('Label').fill('next to it');
  await connect.getByRole('button', { name: 'Connect' }).click();
  await until('the line', async () => (await lines(hub, 'edge')).length === 1);
  assert.equal(Object.keys(await places(hub)).length, 0, 'drawing moves nothing');

  const label = page.locator('.label', { hasText: 'next to it' });
  const { x, y } = await grip(label);
  await page.mouse.click(x, y);
  const edit = page.getByRole('dialog', { name: 'nas – label printer' });
  await edit.getByRole('button', { name: 'Remove line' }).click();
  await until('no line', async () => (await lines(hub, 'edge')).length === 0);
  await label.waitFor({ state: 'detached' });
});

story('a relation that is there already is refused where one looks', { refusals: [409] }, async ({ page, hub }) => {
  await afresh(page, hub, `/map?item=${ids.Jellyfin}`);
  await page.getByRole('button', { name: 'Connect Jellyfin' }).click();
  const connect = page.getByRole('dialog', { name: 'Connect Jellyfin' });
  await connect.getByRole('button', { name: 'Connect' }).click();
  await connect.getByText('Choose the other item').waitFor();
  await connect.getByLabel('With').fill('nas');
  await page.keyboard.press('Enter');
  await connect.getByLabel('Jellyfin', { exact: true }).selectOption('mounts');
  await connect.getByRole('button', { name: 'Connect' }).click();
  await connect.getByRole('alert').filter({ hasText: 'already' }).waitFor();
});

story('what breaks if something stops is marked, listed, and in the address', async ({ page, hub }) => {
  await afresh(page, hub);
  await item(page, 'pve-01').focus();
  await page.keyboard.press('w');
  const details = page.getByRole('complementary', { name: 'Details of pve-01' });
  await details.getByText('2 items').waitFor();
  await page.getByRole('button', { name: /^docker-01, .*affected, 1 step away/ }).waitFor();
  await page.getByRole('button', { name: /^Jellyfin, .*affected, 2 steps away/ }).waitFor();
  await page.reload();
  await details.getByText('2 items').waitFor();
  await page.keyboard.press('Escape');
  await details.getByText('Carries').waitFor();
  await page.goto(`/map?item=${ids['label printer']}&impact=1`);
  await page.getByText('Nothing breaks').waitFor();
});

story('kinds and networks narrow the map, and the address keeps it', async ({ page, hub }) => {
  await afresh(page, hub);
  await page.getByRole('button', { name: 'Filters' }).click();
  const filters = page.getByRole('dialog', { name: 'Filters' });
  await filters.getByRole('checkbox', { name: /^VM/ }).uncheck();
  await item(page, 'docker-01').waitFor({ state: 'detached' });
  await drawn(page, 'Jellyfin');
  await filters.getByRole('checkbox', { name: /^servers/ }).check();
  await item(page, 'nas').waitFor({ state: 'detached' });
  await page.reload();
  await drawn(page, 'Jellyfin');
  assert.equal(await page.locator('[data-item]').count(), 2);
  await page.getByRole('button', { name: 'Filters' }).click();
  await filters.getByRole('button', { name: 'Clear filters' }).click();
  await drawn(page, 'nas');
});

story('the tree has everything in it and is walked by arrows', async ({ page, hub }) => {
  await afresh(page, hub);
  await page.getByRole('radio', { name: 'Tree' }).click();
  const tree = page.getByRole('tree');
  await tree.waitFor();
  for (const name of ['switch', 'nas', 'pve-01', 'docker-01', 'Jellyfin', 'label printer', 'servers'])
    await tree.getByRole('treeitem', { name: new RegExp(name) }).first().waitFor();
  await tree.getByText('mounts nas').waitFor();
  const row = (name) => page.locator(`[data-row="${ids[name]}"]`);
  await row('pve-01').focus();
  await page.keyboard.press('ArrowLeft');
  await row('docker-01').waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await until('the focus inside', () => row('docker-01').evaluate((element) => element === document.activeElement));
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Details of docker-01' }).waitFor();
});

const saved = async (page, name) => {
  await page.getByRole('button', { name: 'More actions' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name }).click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
};

story('the map is saved as SVG, PNG and Mermaid', async ({ page, hub }) => {
  await afresh(page, hub);
  const svg = await saved(page, 'Save as SVG');
  assert.equal(svg.name, 'labkeeper-map.svg');
  const text = svg.bytes.toString();
  for (const name of ['pve-01', 'docker-01', 'Jellyfin', 'nas']) assert.ok(text.includes(`>${name}<`), name);
  assert.doesNotMatch(text, /oklch|var\(|(?:href|src)="(?!#|data:)/, 'it stands alone');
  const png = await saved(page, 'Save as PNG');
  assert.equal(png.name, 'labkeeper-map.png');
  assert.deepEqual([...png.bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  assert.ok(png.bytes.length > 5_000, 'something is painted');
  const mermaid = await saved(page, 'Save as Mermaid');
  assert.match(mermaid.bytes.toString(), /^flowchart LR\n/);
  assert.match(mermaid.bytes.toString(), /n\d+ -->\|"mounts"\| n\d+/);
});

story('rings, ends that are nowhere, and the same thing twice break nothing', async ({ page, hub }) => {
  await page.route('**/api/map/graph', async (route) => {
    const { nodes, edges } = await hub.get('/map/graph');
    const parent = (id, from, to) => ({ data: { id, source: from, target: to, rel: 'parent', label: '' } });
    const [vm, host, app] = [`vms-${ids['docker-01']}`, `hardware-${ids['pve-01']}`, `apps-${ids.Jellyfin}`];
    edges.push(
      ...[parent(901, app, host), parent(902, vm, vm), parent(903, 'hardware-404', vm), parent(904, host, 'vms-404')],
      { data: { id: 905, source: host, target: host, rel: 'edge', label: 'itself' } },
      { data: { id: 905, source: host, target: host, rel: 'edge', label: 'again' } },
      { data: {} },
    );
    await route.fulfill({ json: { nodes: [...nodes, nodes[0], { data: {} }], edges } });
  });
  for (const layout of ['nested', 'layered', 'organic']) {
    await page.goto(`/map?layout=${layout}`);
    for (const name of ['switch', 'nas', 'pve-01', 'docker-01', 'Jellyfin', 'label printer']) await drawn(page, name);
  }
  await page.goto('/map?view=tree');
  await until('every item in the tree', async () => (await page.getByRole('treeitem').count()) === 7);
});

story('another browser sees at once what is put somewhere and drawn', async ({ page, hub, fresh }) => {
  await afresh(page, hub);
  const other = await fresh();
  await other.page.goto('/map');
  await drawn(other.page, 'nas');
  await hub.api('PUT', '/map/layout', { positions: { [`hardware-${ids.nas}`]: { x: 900, y: 700 } } });
  for (const one of [page, other.page])
    await until('the new place', async () => JSON.stringify(await middle(one, 'nas')) === '{"x":900,"y":700}');
  await hub.api('POST', '/links', { from: ids.switch, to: ids.nas, rel: 'connected_to', label: 'uplink' });
  for (const one of [page, other.page]) await one.locator('.label', { hasText: 'uplink' }).waitFor();
  await other.context.close();
});

story('in the hand an item opens a sheet, and nothing is wider than the screen', { viewport: PHONE }, async ({ page, hub }) => {
  await afresh(page, hub);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Map' }).waitFor();
  await item(page, 'docker-01').tap();
  const details = page.getByRole('complementary', { name: 'Details of docker-01' });
  await details.getByRole('heading', { name: 'stands on' }).waitFor();
  await details.getByRole('button', { name: 'What breaks' }).tap();
  await details.getByText('1 item').waitFor();
  await details.getByRole('button', { name: 'Close' }).tap();
  await page.getByRole('button', { name: 'Connect', exact: true }).tap();
  await item(page, 'nas').tap();
  await page.getByText('From nas: choose the other end.').waitFor();
  await item(page, 'switch').tap();
  await page.getByRole('dialog', { name: 'Connect nas' }).waitFor();
  await settled(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
});

story('a hub with nothing in it says what will be here', async ({ page }) => {
  await page.route('**/api/map/graph', (route) => route.fulfill({ json: { nodes: [], edges: [] } }));
  await page.goto('/map');
  await page.getByText('Nothing to draw yet').waitFor();
});
