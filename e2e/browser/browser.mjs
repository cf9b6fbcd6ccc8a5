// A headless browser in which nothing may go wrong unheard: console, page errors, foreign hosts, CSP reports.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

import { OUT, startHub } from './hub.mjs';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
/** Patience with one step, for a machine that has much else to do; no story passes later because of it. */
const STEP = 20_000;

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });

/**
 * A page with a memory for trouble. What the console says of answers with a status in `refusals`, or of connections that
 * broke (`'net::'`), is part of the story and not trouble.
 */
export async function open(browser, hub, { theme = 'light', viewport = DESKTOP, refusals = [], guest = false, installed = false, context } = {}) {
  const phone = viewport.width < 768;
  // What a service worker answers, a story could not answer in the hub's place.
  const serviceWorkers = installed ? 'allow' : 'block';
  const options = { viewport, colorScheme: theme, hasTouch: phone, isMobile: phone, reducedMotion: 'reduce', serviceWorkers };
  if (!context) {
    context = await browser.newContext({ baseURL: hub.url, ...options });
    context.setDefaultTimeout(STEP);
    if (hub.account && !guest) await signIn(context, hub.account);
  }
  const page = await context.newPage();
  const trouble = [];
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    if (!installed && message.text().startsWith('Service Worker registration blocked')) return;
    const status = /status of (\d+)/.exec(message.text())?.[1];
    if (status && refusals.includes(Number(status))) return;
    if (refusals.includes('net::') && message.text().includes('net::ERR_')) return;
    trouble.push(`console ${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => trouble.push(`page error: ${error.stack ?? error.message}`));
  page.on('dialog', (dialog) => {
    trouble.push(`dialog of the browser: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${hub.url}/`) && !/^(data|blob):/.test(url)) trouble.push(`foreign request: ${url}`);
  });
  await page.exposeFunction('heardViolation', (what) => trouble.push(`CSP report: ${what}`));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      globalThis.heardViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
  return { page, context, trouble };
}

async function signIn(context, account) {
  await context.request.post('/api/auth/login', { data: account, failOnStatusCode: true });
}

/**
 * The stories of one file: a browser and a hub for all of them, a fresh page for each. A story passes only when its
 * page stayed silent; when it fails, its last sight is kept under target/e2e/failed.
 */
export function stories(start = () => startHub()) {
  let browser;
  let hub;
  before(async () => {
    // Whichever of the two fails, the other one is closed afterwards.
    const ends = [launch().then((it) => (browser = it)), start().then((it) => (hub = it))];
    const failed = (await Promise.allSettled(ends)).find((it) => it.status === 'rejected');
    if (failed) throw failed.reason;
  });
  after(async () => {
    await browser?.close();
    await hub?.stop();
  });
  return function story(name, ...rest) {
    const tell = rest.pop();
    const options = rest.pop() ?? {};
    test(name, { timeout: options.timeout ?? 120_000 }, async () => {
      const opened = await open(browser, hub, options);
      const fresh = (more = {}) => open(browser, hub, { ...options, ...more });
      try {
        await tell({ ...opened, hub, browser, fresh });
        assert.deepEqual([...new Set(opened.trouble)], [], 'the page stayed silent');
      } catch (error) {
        await keepSight(opened.page, name);
        if (opened.trouble.length) error.message += `\ntrouble: ${opened.trouble.join('\n  ')}`;
        throw error;
      } finally {
        await opened.context.close();
      }
    });
  };
}

async function keepSight(page, name) {
  mkdirSync(join(OUT, 'failed'), { recursive: true });
  const path = join(OUT, 'failed', `${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png`);
  await page.screenshot({ path, timeout: 5000 }).catch(() => {});
}

/** The page has its data: no part says that it is still loading. */
export async function settled(page) {
  await page.waitForFunction(() => {
    const main = document.querySelector('#main');
    // Until the app is there nobody hears a key.
    const isThere = document.querySelector('#app')?.innerText.trim();
    return isThere && (!main || main.getAttribute('aria-busy') !== 'true') && !document.querySelector('.late');
  });
}

/** What the hub answers the page at `path` while `act` is done: a lab that lives says something else a moment later. */
export async function answered(page, path, act) {
  const [answer] = await Promise.all([page.waitForResponse((one) => new URL(one.url()).pathname === path), act()]);
  return answer.json();
}

/** A finding as it reads whatever its figures are by now. */
export const finding = (words) =>
  new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\d+/g, '\\d+'), 'i');

/** Asks until the answer is `wanted`; for what the browser does in its own time. */
export async function until(what, ask, patience = STEP) {
  const deadline = Date.now() + patience;
  let last;
  for (;;) {
    last = await ask();
    if (last) return last;
    if (Date.now() > deadline) throw new Error(`waited ${patience / 1000} s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
