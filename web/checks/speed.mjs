// How a list of 10 000 rows behaves: CPU time of the main thread, which neighbours do not spoil, against its budgets.
import { BASE, figure, finish, launch, open, settled } from './browser.mjs';

const ROWS = 10_000;
const stamp = '2026-11-01T10:00:00.000000';
const rows = Array.from({ length: ROWS }, (_, i) => ({
  id: 100_000 + i,
  rev: 1,
  name: `ct-${(i * 7919) % ROWS}`,
  hardware_id: 7,
  vmid: 1000 + i,
  ip_address: `10.${i % 200}.${(i * 7) % 250}.${(i * 13) % 250}`,
  os: ['Debian 13', 'Alpine 3.23', 'Ubuntu 24.04'][i % 3],
  cpu_cores: 1 + (i % 8),
  ram_gb: 1 + (i % 16),
  tags: i % 4 ? [] : ['lab'],
  custom: {},
  addresses: [],
  created_at: stamp,
  updated_at: stamp,
}));
const browser = await launch();
const { page, problems } = await open(browser);
await page.route('**/api/containers*', (route) => route.fulfill({ json: { data: rows, count: ROWS } }));
const devtools = await page.context().newCDPSession(page);
await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
const metrics = async () =>
  Object.fromEntries((await devtools.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]));
async function cpu(what, act, { frames = 1, budget } = {}) {
  const before = await metrics();
  await act();
  await page.waitForTimeout(400);
  const after = await metrics();
  const spent = (name) => ((after[name] - before[name]) * 1000) / frames;
  const [script, style, layout] = ['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'].map(spent);
  const unit = frames > 1 ? 'ms a frame' : 'ms';
  const said = figure(what, script + style + layout, { unit, budget, digits: 1 });
  console.log(`${said} (script ${script.toFixed(1)}, style ${style.toFixed(1)}, layout ${layout.toFixed(1)})`);
}

await cpu('open the list', async () => {
  await page.goto(`${BASE}/inventory/containers`);
  await settled(page);
  await page.waitForSelector('[role=row][id]');
});
await cpu('sort by name', () => page.getByRole('button', { name: 'Name', exact: true }).click(), { budget: 80 });
await cpu('sort by address', () => page.getByRole('button', { name: 'IP address', exact: true }).click(), {
  budget: 80,
});
await page.locator('[data-filter]').focus();
await cpu('first key of the filter', () => page.keyboard.type('d'), { budget: 100 });
await cpu('second key of the filter', () => page.keyboard.type('e'), { budget: 100 });
await page.keyboard.press('Escape');
const box = await page.locator('[data-grid]').boundingBox();
await page.mouse.move(box.x + 300, box.y + 300);
const FRAMES = 60;
await cpu(
  'scroll by wheel',
  async () => {
    for (let i = 0; i < FRAMES; i += 1) {
      await page.mouse.wheel(0, 90);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
  },
  { frames: FRAMES, budget: 12 },
);
const { Nodes, JSHeapUsedSize } = await metrics();
console.log(
  `nodes ${Nodes}, elements ${await page.evaluate(() => document.querySelectorAll('*').length)}, heap ${(JSHeapUsedSize / 1e6).toFixed(0)} MB`,
);
console.log(problems.length ? problems : 'console silent');
await finish();
