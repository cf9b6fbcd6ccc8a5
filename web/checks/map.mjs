// How a map of 300 items and 600 lines behaves: time of each layout in its worker, CPU of the main thread while it is
// panned, zoomed and dragged, against its budgets.
import { BASE, figure, finish, launch, open, settled } from './browser.mjs';

const ITEMS = 300;
const LINES = 600;
const HOSTS = 14;
const GUESTS = 60;
const FRAMES = 60;

const kindOf = (n) => (n <= HOSTS ? 'hardware' : n <= HOSTS + GUESTS ? 'vms' : 'apps');
const key = (n) => `${kindOf(n)}-${n}`;

/** Three switches, hosts with guests with apps, and as many dependencies and mounts as there is room for. */
function lab() {
  const nodes = Array.from({ length: ITEMS }, (_, i) => {
    const [n, type] = [i + 1, kindOf(i + 1)];
    const data = { id: key(n), entity_id: n, type, rawName: `${type}-${n}`, address: `10.0.${n % 4}.${n % 250}` };
    return { data: { ...data, networkId: 9000 + (n % 4), networkIds: [9000 + (n % 4)] } };
  });
  const edges = [];
  const add = (from, to, rel, label = '') =>
    edges.push({ data: { id: edges.length + 1, source: key(from), target: key(to), rel, label } });
  for (let n = 4; n <= HOSTS; n += 1) add((n % 3) + 1, n, 'connected_to', `port ${n}`);
  for (let n = HOSTS + 1; n <= HOSTS + GUESTS; n += 1) add(4 + (n % (HOSTS - 3)), n, 'parent');
  for (let n = HOSTS + GUESTS + 1; n <= ITEMS; n += 1) add(HOSTS + 1 + (n % GUESTS), n, 'parent');
  for (let i = 1; edges.length < LINES; i += 1)
    add(
      HOSTS + 1 + ((i * 7919) % (ITEMS - HOSTS)),
      HOSTS + 1 + ((i * 104_729) % (ITEMS - HOSTS)),
      i % 2 ? 'depends_on' : 'mounts',
    );
  return { nodes, edges };
}
const networks = Array.from({ length: 4 }, (_, i) => ({
  ...{ id: 9000 + i, name: `net ${i}`, color: ['#2f81f7', '#22aa66', '#d9480f', '#9a6ee8'][i] },
  ...{ vlan_id: 10 * i, notes: null },
}));

const browser = await launch();
const { page, problems } = await open(browser);
await page.route('**/api/map/graph', (route) => route.fulfill({ json: lab() }));
await page.route('**/api/map/networks', (route) => route.fulfill({ json: { networks } }));
await page.route('**/api/map/layout', (route) =>
  route.fulfill({ json: route.request().method() === 'GET' ? { data: {} } : { message: 'Saved' } }),
);
const devtools = await page.context().newCDPSession(page);
await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
const metrics = async () =>
  Object.fromEntries((await devtools.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]));

/** With `anew` the page is loaded by it, and everything counts from there. */
async function cpu(what, act, { frames = 1, anew = false, budget } = {}) {
  const before = await metrics();
  await act();
  const after = await metrics();
  const spent = (name) => ((after[name] - (anew ? 0 : before[name])) * 1000) / frames;
  const [script, style, layout] = ['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'].map(spent);
  const unit = frames > 1 ? 'ms a frame' : 'ms';
  const said = figure(`${what}: script`, script, { unit, budget, digits: 1 });
  console.log(`  ${said} (style ${style.toFixed(1)}, layout ${layout.toFixed(1)})`);
}
const frame = () => page.evaluate(() => new Promise(requestAnimationFrame));

for (const layout of ['nested', 'layered', 'organic']) {
  console.log(layout);
  await cpu(
    'open',
    async () => {
      await page.goto(`${BASE}/map?layout=${layout}&lines=cables,drawn,depends,mounts,backups`);
      await settled(page);
      await page
        .locator('[data-item]')
        .nth(ITEMS - 1)
        .waitFor();
      await page.waitForTimeout(400);
    },
    { anew: true },
  );
  const made = await page.evaluate(() => performance.getEntriesByName('map-layout').map((entry) => entry.duration));
  for (const ms of made) console.log(`  ${figure('laid out in the worker', ms, { budget: 400, said: true })}`);
  const pane = await page.locator('.svelte-flow__pane').boundingBox();
  const [x, y] = [pane.x + 12, pane.y + pane.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await cpu(
    'pan',
    async () => {
      for (let i = 0; i < FRAMES; i += 1) {
        await page.mouse.move(x + i * 5, y + Math.sin(i / 6) * 60);
        await frame();
      }
    },
    { frames: FRAMES, budget: 3 },
  );
  await page.mouse.up();
  await page.mouse.move(pane.x + pane.width / 2, y);
  await cpu(
    'zoom by wheel',
    async () => {
      for (let i = 0; i < FRAMES; i += 1) {
        await page.mouse.wheel(0, i < FRAMES / 2 ? -60 : 60);
        await frame();
      }
    },
    { frames: FRAMES },
  );
  const item = await page.locator('[data-item="4"]').boundingBox();
  await page.mouse.move(item.x + 8, item.y + 8);
  await page.mouse.down();
  await cpu(
    'drag a host',
    async () => {
      for (let i = 0; i < FRAMES; i += 1) {
        await page.mouse.move(item.x + 8 + i * 3, item.y + 8 + i);
        await frame();
      }
    },
    { frames: FRAMES },
  );
  await page.mouse.up();
  await cpu('choose an item', async () => {
    await page.locator('[data-item="20"]').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: /^Details of/ }).waitFor();
  });
}
const { JSHeapUsedSize } = await metrics();
const elements = await page.evaluate(() => document.querySelectorAll('*').length);
console.log(`elements ${elements}, heap ${(JSHeapUsedSize / 1e6).toFixed(0)} MB`);
console.log(problems.length ? problems : 'console silent');
await finish();
