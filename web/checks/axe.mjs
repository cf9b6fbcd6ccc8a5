// axe on every page and layer, both themes, desktop and phone: no violation at all. node checks/axe.mjs [name…]
import { readFileSync } from 'node:fs';
import { BASE, launch, open, settled } from './browser.mjs';
import { pages } from './pages.mjs';

const source = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const only = process.argv.slice(2);
const browser = await launch();
let found = 0;
let looked = 0;
for (const theme of ['light', 'dark']) {
  for (const width of [1440, 390]) {
    const { page, problems, context } = await open(browser, { theme, width });
    for (const { name, path, act } of await pages()) {
      if (only.length && !only.includes(name)) continue;
      await page.goto(BASE + path);
      await settled(page);
      if (act) await act(page);
      await page.waitForTimeout(350);
      await page.evaluate(source);
      const result = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), TAGS);
      looked += 1;
      for (const violation of result.violations) {
        found += 1;
        console.log(`${theme} ${width} ${name}: ${violation.impact} ${violation.id}: ${violation.help}`);
        for (const node of violation.nodes.slice(0, 3))
          console.log(`    ${node.html.slice(0, 160)}\n      ${node.failureSummary?.split('\n')[1] ?? ''}`);
      }
    }
    for (const line of new Set(problems)) {
      found += 1;
      console.log(`${theme} ${width}: ${line}`);
    }
    await context.close();
  }
}
await browser.close();
console.log(`${looked} states looked at, ${found} findings`);
process.exit(found ? 1 : 0);
