// Pictures for people to look at, under target/e2e/pictures: every page and layer of the demo in both themes at a desk and in
// the hand; every page of a hub with nothing in it, while its answers are on their way, and when they are refused.
// node browser/pictures.mjs [part of a picture's name…]
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { assistant } from './assistant.mjs';
import { DESKTOP, PHONE, launch, open, settled } from './browser.mjs';
import { OUT, startClosedHub, startHub } from './hub.mjs';
import { wear } from './look.mjs';
import { deskTour, handPictures } from './pages.mjs';
import { follow, leaveLayers } from './walk.mjs';

const PICTURES = join(OUT, 'pictures');
const THEMES = ['light', 'dark'];
const SIZES = [
  [DESKTOP, deskTour],
  [PHONE, handPictures],
];
const wanted = process.argv.slice(2);
const isWanted = (name) => !wanted.length || wanted.some((part) => name.includes(part));
/** Without these there is no page whose parts could be late or missing. */
const FRAME = /^\/api\/(?:config|kinds|events|auth|session)\b/;
const REFUSAL = {
  status: 503,
  headers: { 'x-request-id': 'req-4f1c' },
  json: { error: 'the database is busy', code: 'unavailable', hint: 'try again in a moment', request_id: 'req-4f1c' },
};
const late = (route) => new Promise((_, reject) => route.request().frame().page().once('close', reject)).catch(() => {});

let taken = 0;
async function picture(page, name) {
  for (const theme of THEMES) {
    await wear(page, theme);
    await page.screenshot({ path: join(PICTURES, `${name}-${theme}.png`) });
    taken += 1;
  }
}

/** What the first screen does not show. */
async function below(page, name) {
  const moved = await page.evaluate(() => {
    const main = document.querySelector('#main');
    const end = main.scrollHeight - main.clientHeight;
    main.scrollTo(0, end);
    return end > main.clientHeight / 4;
  });
  if (moved) await picture(page, `${name}-below`);
  await page.evaluate(() => document.querySelector('#main').scrollTo(0, 0));
}

async function visit(page, width, [name, path, act]) {
  if (!isWanted(name)) return;
  try {
    await follow(page, path);
    if (act) await act(page);
    await settled(page);
    await picture(page, `${name}-${width}`);
    if (!act) await below(page, `${name}-${width}`);
    await leaveLayers(page);
  } catch (error) {
    failed.push(`${name} at ${width}: ${error.message.split('\n')[0]}`);
  }
}

/** Pages that an answer keeps waiting, or that are refused one, are opened anew: nothing may be known already. */
async function without(browser, hub, viewport, what, tour, answer) {
  const { page, context } = await open(browser, hub, { viewport });
  await page.route('**/api/**', (route) =>
    FRAME.test(new URL(route.request().url()).pathname) ? route.continue() : answer(route),
  );
  for (const [name, path, act] of tour) {
    if (act || !isWanted(`${what}-${name}`) || /^edit-|^not-found|^nothing|^(?:list|item)-(?!vms)/.test(name)) continue;
    await page.goto(path, { waitUntil: 'commit' });
    await page.locator('#main').waitFor();
    // Skeletons come when an answer takes its time, and a question is asked again before it is given up.
    await page.waitForTimeout(what === 'late' ? 1_000 : 2_500);
    await picture(page, `${what}-${name}-${viewport.width}`);
  }
  await context.close();
}

/** A hub that asks who one is, on which an assistant waits for a person. */
async function guarded() {
  const hub = await startClosedHub({ LABKEEPER_APPROVALS: 'strict' });
  const shelf = (await hub.api('POST', '/hardware', { name: 'shelf in the rack' })).data;
  await hub.api('POST', '/vms', { name: 'stands on the shelf', hardware_id: shelf.id });
  const call = { type: 'hardware', id: shelf.id, cascade: 'detach', confirm: true };
  const { data } = await (await assistant(hub)).call('inventory_delete', call);
  return Object.assign(hub, { parked: data.details.approval.id });
}

async function entrance(browser, hub, viewport) {
  const { page, context } = await open(browser, hub, { viewport, guest: true });
  await page.goto('/');
  await page.getByRole('heading', { name: 'Sign in to labkeeper' }).waitFor();
  if (isWanted('sign-in')) await picture(page, `sign-in-${viewport.width}`);
  await context.close();
}

const failed = [];
if (!wanted.length) rmSync(PICTURES, { recursive: true, force: true });
mkdirSync(PICTURES, { recursive: true });
const env = { LABKEEPER_DISCOVERY_RANGES: '127.0.0.0/8' };
const [browser, demo, empty] = await Promise.all([launch(), startHub({ demo: true, env }), startHub()]);
const hubs = [demo, empty];
try {
  const tours = await Promise.all(SIZES.map(async ([viewport, tour]) => [viewport, await tour(demo)]));
  for (const [viewport, tour] of tours) {
    const { page, context } = await open(browser, demo, { viewport });
    await page.goto('/');
    for (const stop of tour.filter(([, , act]) => !act)) await visit(page, viewport.width, stop);
    await context.close();
  }
  for (const [viewport, tour] of tours) {
    await without(browser, demo, viewport, 'late', tour, late);
    await without(browser, demo, viewport, 'refused', tour, (route) => route.fulfill(REFUSAL));
  }
  // Layers last: some write.
  for (const [viewport, tour] of tours) {
    const { page, context } = await open(browser, demo, { viewport });
    await page.goto('/');
    for (const stop of tour.filter(([, , act]) => act)) await visit(page, viewport.width, stop);
    await context.close();
  }
  for (const [viewport, tour] of tours) {
    const { page, context } = await open(browser, empty, { viewport });
    await page.goto('/');
    const general = tour.filter(([, path, act]) => !act && !/\/\d+|=\d|simulated|nosuchword|session=/.test(path));
    for (const [name, path] of general) await visit(page, viewport.width, [`empty-${name}`, path]);
    await context.close();
  }
  // What waits for a person does not wait long.
  const closed = await guarded();
  hubs.push(closed);
  for (const [viewport] of tours) {
    await entrance(browser, closed, viewport);
    const { page, context } = await open(browser, closed, { viewport });
    await page.goto('/');
    await visit(page, viewport.width, ['approvals-waiting', '/approvals']);
    await visit(page, viewport.width, ['approval', `/approvals/${closed.parked}`]);
    await visit(page, viewport.width, ['overview-waiting', '/']);
    await context.close();
  }
} finally {
  await browser.close();
  await Promise.all(hubs.map((hub) => hub.stop()));
}
console.log(`${taken} pictures in ${PICTURES}`);
for (const line of failed) console.error(`not taken: ${line}`);
process.exitCode = failed.length ? 1 : 0;
