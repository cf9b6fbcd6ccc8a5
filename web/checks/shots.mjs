// Screenshots of every page, both themes, desktop and phone, for a person to look at. node checks/shots.mjs [name…]
import { mkdirSync } from 'node:fs';
import { BASE, launch, open, settled } from './browser.mjs';
import { pages } from './pages.mjs';

const OUT = new URL('../.shots/', import.meta.url).pathname;
mkdirSync(OUT, { recursive: true });
const only = process.argv.slice(2);
const browser = await launch();
let failed = false;
for (const theme of ['light', 'dark']) {
  for (const width of [1440, 390]) {
    const { page, problems, context } = await open(browser, { theme, width });
    for (const { name, path, act } of await pages()) {
      if (only.length && !only.includes(name)) continue;
      await page.goto(BASE + path);
      await settled(page);
      if (act) await act(page);
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${OUT}${name}-${theme}-${width}.png` });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (wide) problems.push(`${name} scrolls sideways at ${width}`);
    }
    if (problems.length) failed = true;
    for (const line of new Set(problems)) console.log(`${theme} ${width}: ${line}`);
    await context.close();
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
