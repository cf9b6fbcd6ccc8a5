// The app as something that is installed: manifest, service worker, and what opens when the hub is away.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';

import { open, settled, stories, until } from '../browser.mjs';
import { startHub } from '../hub.mjs';

const story = stories(() => startHub());

const controlled = (page) =>
  until('a worker that is active', () =>
    page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'),
  );

story('the browser finds nothing that speaks against installing it', { installed: true }, async ({ page, context, hub }) => {
  await page.goto('/inventory');
  await settled(page);
  await controlled(page);
  const devtools = await context.newCDPSession(page);
  const { url, errors, data } = await devtools.send('Page.getAppManifest');
  assert.equal(url, `${hub.url}/manifest.webmanifest`);
  assert.deepEqual(errors, []);
  const manifest = JSON.parse(data);
  for (const { src, sizes, type } of manifest.icons.filter((icon) => icon.type === 'image/png')) {
    const answer = await fetch(`${hub.url}${src}`);
    assert.equal(answer.headers.get('content-type'), type);
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes, src);
  }
  assert.ok(manifest.icons.some((icon) => icon.purpose === 'maskable'));
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A context of a story is one without a profile, and that is all that is wrong.
  assert.deepEqual(installabilityErrors.map((error) => error.errorId), ['in-incognito']);
  const worker = await fetch(`${hub.url}/sw.js`);
  assert.equal(worker.headers.get('cache-control'), 'no-cache');
  assert.match(worker.headers.get('content-type'), /^text\/javascript/);
});

story('without its hub the app opens and says so, and goes on when the hub is back', { installed: true, refusals: ['net::'] }, async ({ page, hub }) => {
  await hub.api('POST', '/hardware', { name: 'nobody-keeps-me' });
  await page.goto('/inventory/hardware');
  await page.getByRole('link', { name: 'nobody-keeps-me' }).waitFor();
  await controlled(page);
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map((request) => new URL(request.url).pathname);
  });
  assert.ok(kept.includes('/'), kept.join());
  assert.ok(!kept.some((path) => path.startsWith('/api/')), 'answers of the hub are not kept');
  hub.kill();
  await page.reload();
  await page.getByRole('heading', { name: 'The hub is away' }).waitFor();
  assert.equal(await page.getByText('nobody-keeps-me').count(), 0);
  await hub.start();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: 'nobody-keeps-me' }).waitFor();
});

/** The hub after an update, as far as a browser sees it: another list of what the shell is made of. */
async function updated(hub) {
  let other = false;
  let slow = false;
  const server = createServer(async (asked, answer) => {
    // A hub that is there and gives no page.
    if (slow && asked.headers['sec-fetch-mode'] === 'navigate') return;
    const from = await fetch(`${hub.url}${asked.url}`, { headers: { accept: asked.headers.accept ?? '*/*' } });
    let bytes = Buffer.from(await from.arrayBuffer());
    if (other && asked.url === '/sw.js')
      bytes = Buffer.from(bytes.toString().replace(/const ENTRY = "[^"]+"/, 'const ENTRY = "/assets/index-other.js"'));
    if (other && asked.url === '/')
      bytes = Buffer.from(bytes.toString().replace('<head>', '<head><meta name="generation" content="other">'));
    const told = ['content-type', 'cache-control'].map((name) => [name, from.headers.get(name)]);
    answer.writeHead(from.status, Object.fromEntries(told.filter(([, value]) => value)));
    answer.end(bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    update: () => (other = true),
    stall: () => (slow = true),
    stop: () => (server.closeAllConnections(), server.close()),
  };
}

story('another version says that it is here, and is taken when it is asked for', async ({ browser, hub }) => {
  const between = await updated(hub);
  // Its stream of events is no part of this, and breaks with every answer.
  const { page, context } = await open(browser, between, { installed: true, refusals: ['net::'] });
  try {
    await page.route('**/api/events*', (route) => route.abort());
    await page.goto('/');
    await controlled(page);
    await until('a page under a worker', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
    between.update();
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    const note = page.locator('[data-sonner-toast]').filter({ hasText: 'A new version is here' });
    await note.waitFor();
    await Promise.all([page.waitForEvent('load'), note.getByRole('button', { name: 'Reload' }).click()]);
    const names = await page.evaluate(() => caches.keys());
    assert.ok(names.includes('shell /assets/index-other.js'), names.join());
    assert.equal(names.filter((name) => name.startsWith('shell ')).length, 2, 'the one before is kept too');

    // What opens from what is kept is the new one, whether the hub is slow or away.
    const opened = () => page.locator('meta[name="generation"]').waitFor({ state: 'attached' });
    between.stall();
    await page.reload();
    await opened();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    between.stop();
    await page.reload();
    await page.getByRole('heading', { name: 'The hub is away' }).waitFor();
    await opened();
  } finally {
    await context.close();
    between.stop();
  }
});
