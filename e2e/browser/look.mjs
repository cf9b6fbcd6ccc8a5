// Whether everybody can use a page as it is shown now: axe, no sideways scroll, and a picture for people to look at.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { OUT } from './hub.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SCREENS = join(OUT, 'screens');
mkdirSync(SCREENS, { recursive: true });

/** Serious and critical findings of axe, as lines. Under a layer lies a page that is looked at by itself. */
async function barriers(page, rules) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate((runOnly) => {
    const layers = [...document.querySelectorAll('[role=dialog], [role=menu]')].filter((layer) => layer.checkVisibility());
    return globalThis.axe.run(layers.at(-1) ?? document, { runOnly, resultTypes: ['violations'] });
  }, rules);
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, target, failureSummary }) => {
        const why = failureSummary.split('\n').slice(1).join('; ').replace(/\s+/g, ' ');
        return `${id}: ${why} (${target.join(' ')} ${html.slice(0, 140)})`;
      }),
    );
}

const tooWide = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} > ${clientWidth}`] : [];
  });

/** Layers that are coming in have arrived. Transitions there are none: the stories ask for reduced motion. */
const still = (page) =>
  page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    const passing = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(passing.map((animation) => animation.finished));
  });

export async function wear(page, theme) {
  await page.emulateMedia({ colorScheme: theme });
  await page.waitForFunction((dark) => {
    // What is not the app follows the browser by itself.
    const app = document.querySelector('#app');
    return !app || document.documentElement.classList.contains('dark') === dark;
  }, theme === 'dark');
  await still(page);
}

/**
 * What is wrong with the page in sight, as lines, and its picture in `theme`. Another theme changes colours alone, so
 * contrast is all that is asked of it; with `LOOK=all` there is a picture of it too.
 */
export async function look(page, name, { theme = 'light', both = true } = {}) {
  const other = theme === 'light' ? 'dark' : 'light';
  const found = [];
  const asked = [[theme, TAGS], ...(both || process.env.LOOK === 'all' ? [[other, ['color-contrast']]] : [])];
  for (const [worn, rules] of asked) {
    await wear(page, worn);
    if (worn === theme || process.env.LOOK === 'all') await page.screenshot({ path: join(SCREENS, `${name}-${worn}.png`) });
    const wrong = [...(await barriers(page, rules)), ...(worn === theme ? await tooWide(page) : [])];
    found.push(...wrong.map((line) => `${name} ${worn}: ${line}`));
  }
  return found;
}
