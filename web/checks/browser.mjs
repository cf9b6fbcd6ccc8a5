// A headless browser that reports everything a silent console must not have.
import { chromium } from 'playwright-core';

export const BASE = process.env.LABKEEPER_URL ?? 'http://127.0.0.1:8000';
const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });

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
  await page.waitForFunction(
    () => document.querySelector('#main')?.getAttribute('aria-busy') === 'false' || !document.querySelector('#main'),
  );
  await page.waitForFunction(() => !document.querySelector('.late'), null, { timeout: 8000 }).catch(() => {});
  await page.waitForTimeout(250);
}
