// How soon a page is there with nothing cached: printed and not judged. LABKEEPER_URL names a running hub.
import { BASE, launch, open, settled } from './browser.mjs';

const PAGES = { Overview: '/', Inventory: '/inventory', Item: null };
const ROUNDS = 3;

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
  if (problems.length) console.log(problems);
  return { ...seen, cpu };
}

const browser = await launch();
const [some] = (await (await fetch(`${BASE}/api/hardware?limit=1`)).json()).data ?? [];
for (const slowdown of [1, 4]) {
  console.log(slowdown === 1 ? 'as this machine is' : `with a CPU ${slowdown}× slower`);
  for (const [name, path] of Object.entries(PAGES)) {
    const at = path ?? (some && `/items/${some.id}`);
    if (!at) continue;
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await visit(browser, at, slowdown));
    const of = (what) => median(rounds.map((round) => round[what]));
    console.log(
      `  ${name}: first paint ${of('paint').toFixed(0)} ms, interactive ${of('interactive').toFixed(0)} ms, ` +
        `CPU of the main thread ${of('cpu').toFixed(0)} ms, JS and CSS ${(of('bytes') / 1000).toFixed(1)} kB in ${of('requests')} requests of all sorts`,
    );
  }
}
await browser.close();
