// How soon a page is there with nothing cached, against the budgets of the interface: first paint and interactive, by time on
// the wall (said, not judged: neighbours spoil it) and by CPU of the main thread (judged).
import { BASE, figure, finish, launch, open, settled } from './browser.mjs';

const PAGES = {
  Overview: '/',
  Inventory: '/inventory',
  Item: '/items',
  Map: '/map',
  Docs: '/docs',
  Proxmox: '/proxmox',
  Audit: '/audit',
};
const ROUNDS = 3;
/** Milliseconds as this machine is, and with a CPU four times slower. */
const BUDGET = { 1: { paint: 600, interactive: 1200, cpu: 600 }, 4: { interactive: 3000 } };
/** Layout of the map is in its worker; drawing it is not. */
const HEAVY = { Map: 1000 };

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** One visit by a browser that has never been here. */
async function visit(browser, path, slowdown) {
  const { page, context, problems } = await open(browser);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.addInitScript(() => {
    globalThis.blocked = [];
    new PerformanceObserver((list) => globalThis.blocked.push(...list.getEntries())).observe({ type: 'longtask' });
  });
  await page.goto(`${BASE}${path}`);
  await settled(page);
  const seen = await page.evaluate(() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
    const files = performance.getEntriesByType('resource').filter(({ name }) => /\.(js|css)$/.test(name));
    const busy = globalThis.blocked.map((task) => task.startTime + task.duration);
    return {
      paint,
      interactive: Math.max(paint, ...busy),
      requests: performance.getEntriesByType('resource').length,
      bytes: files.reduce((sum, file) => sum + file.encodedBodySize, 0),
    };
  });
  const { metrics } = await devtools.send('Performance.getMetrics');
  const cpu = (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  await context.close();
  for (const problem of problems) console.log(`  ${path} is not silent: ${problem}`);
  return { ...seen, cpu };
}

const browser = await launch();
try {
  const [some] = (await (await fetch(`${BASE}/api/hardware?limit=1`)).json()).data ?? [];
  for (const slowdown of [1, 4]) {
    console.log(slowdown === 1 ? 'as this machine is' : `with a CPU ${slowdown} times slower`);
    for (const [name, path] of Object.entries(PAGES)) {
      if (path === '/items' && !some) continue;
      const rounds = [];
      for (let round = 0; round < ROUNDS; round += 1)
        rounds.push(await visit(browser, path === '/items' ? `/items/${some.id}` : path, slowdown));
      const of = (what) => median(rounds.map((round) => round[what]));
      const { paint, interactive, cpu } = BUDGET[slowdown];
      const line = [
        figure('first paint', of('paint'), { budget: paint, said: true }),
        figure('interactive', of('interactive'), { budget: interactive, said: true }),
        figure(`${name}: CPU of the main thread`, of('cpu'), { budget: cpu && (HEAVY[name] ?? cpu) }).replace(
          `${name}: `,
          '',
        ),
        `JS and CSS ${(of('bytes') / 1000).toFixed(1)} kB`,
        `${of('requests')} requests of all sorts`,
      ];
      console.log(`  ${name}: ${line.join('; ')}`);
    }
  }
} finally {
  await finish();
}
