// A headless browser that reports everything a silent console must not have, on a demo of its own or on the hub that
// LABKEEPER_URL names.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What is measured is the app, so the hub is the fastest that was built. */
async function demo() {
  const built = fileURLToPath(new URL('../../target/release/labkeeper', import.meta.url));
  if (existsSync(built)) process.env.LABKEEPER_BINARY ??= built;
  const { startHub } = await import('../../e2e/browser/hub.mjs');
  return startHub({ demo: true });
}
const hub = process.env.LABKEEPER_URL ? null : await demo();
export const BASE = process.env.LABKEEPER_URL ?? hub.url;

let browser;
export const launch = async () =>
  (browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS }));

const over = [];
/** A figure with its budget. What neighbours on the machine can spoil, as time on the wall, is `said` and not judged. */
export function figure(what, value, { unit = 'ms', budget, digits = 0, said = false } = {}) {
  const isOver = budget !== undefined && value > budget;
  if (isOver && !said) over.push(what);
  const limit = budget === undefined ? '' : `, budget ${budget}${isOver ? (said ? ': over' : ': OVER') : ''}`;
  return `${what} ${value.toFixed(digits)} ${unit}${limit}`;
}

/** Ends the browser and the hub; the process fails when a budget does not hold. */
export async function finish() {
  await browser?.close();
  await hub?.stop();
  if (over.length) console.error(`over budget: ${over.join('; ')}`);
  process.exitCode = over.length ? 1 : 0;
}

/** A page in one theme and width; `problems` fills with console noise, page errors and foreign requests. */
export async function open(browser, { theme = 'light', width = 1440, height = 900 } = {}) {
  const phone = width < 768;
  const context = await browser.newContext({
    viewport: { width, height: phone ? 844 : height },
    colorScheme: theme,
    hasTouch: phone,
    isMobile: phone,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(BASE) && !/^(data|blob):/.test(url)) problems.push(`foreign request: ${url}`);
  });
  return { page, problems, context };
}

export async function settled(page) {
  await page.waitForFunction(() => {
    const main = document.querySelector('#main');
    return main && main.getAttribute('aria-busy') !== 'true' && !document.querySelector('.late');
  });
  await page.waitForTimeout(250);
}
