// Whether everybody can use a page as it is shown now: axe, no sideways scroll, and a picture for people to look at.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { OUT } from './hub.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SCREENS = join(OUT, 'screens');
mkdirSync(SCREENS, { recursive: true });

/** Serious and critical findings of axe, as lines. */
async function barriers(page, rules) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (only) => globalThis.axe.run(document, { ...only, resultTypes: ['violations'] }),
    { runOnly: rules },
  );
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${help}: ${html.slice(0, 140)}`));
}

const tooWide = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} > ${clientWidth}`] : [];
  });

/**
 * What is wrong with the page in sight, as lines; its pictures are kept as `name`, one for each theme. A theme changes
 * colours alone, so only contrast is asked for again.
 */
export async function look(page, name) {
  const found = [];
  for (const [theme, rules] of [['light', TAGS], ['dark', ['color-contrast']]]) {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForFunction((dark) => document.documentElement.classList.contains('dark') === dark, theme === 'dark');
    await page.screenshot({ path: join(SCREENS, `${name}-${theme}.png`) });
    const wrong = [...(await barriers(page, rules)), ...(theme === 'light' ? await tooWide(page) : [])];
    found.push(...wrong.map((line) => `${name} ${theme}: ${line}`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
