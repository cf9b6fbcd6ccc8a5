// Another language: chosen in the settings, kept, on every page, and given back.
import assert from 'node:assert/strict';

import { DESKTOP, open, PHONE, settled, stories } from '../browser.mjs';
import { startHub } from '../hub.mjs';
import { deskTour } from '../pages.mjs';

const story = stories(() => startHub({ demo: true, env: { LABKEEPER_DISCOVERY_RANGES: '127.0.0.0/8' } }));
const speaks = (page) => page.evaluate(() => document.documentElement.lang);
const inGerman = (page) => page.addInitScript(() => localStorage.setItem('language', 'de'));

story('German is chosen in the settings, stays, and English comes back', async ({ page, hub }) => {
  await page.goto('/settings/appearance');
  assert.equal(await speaks(page), 'en');
  await page.getByRole('radiogroup', { name: 'Language' }).getByText('Deutsch').click();
  await page.getByRole('heading', { name: 'Darstellung' }).waitFor();
  assert.equal(await speaks(page), 'de');
  assert.match(await page.title(), /^Einstellungen/);

  await page.getByRole('link', { name: 'Inventar', exact: true }).click();
  await page.getByRole('columnheader', { name: 'Schlagwörter' }).waitFor();
  await page.reload();
  await page.getByRole('columnheader', { name: 'Schlagwörter' }).waitFor();

  const [vm] = (await hub.get('/vms?limit=1')).data;
  await page.goto(`/items/${vm.id}`);
  await page.getByText(/^\d{1,2}\.\d{1,2}\.\d{4}, \d{2}:\d{2}:\d{2}$/).first().waitFor();
  await page.getByRole('button', { name: 'Bearbeiten' }).click();
  const dialog = page.getByRole('dialog', { name: `${vm.name} bearbeiten` });
  await dialog.getByLabel('Kerne').waitFor();
  await dialog.getByRole('button', { name: 'Abbrechen' }).click();

  await page.goto('/settings/appearance');
  await page.getByRole('radiogroup', { name: 'Sprache' }).getByText('English').click();
  await page.getByRole('heading', { name: 'Appearance' }).waitFor();
  assert.equal(await speaks(page), 'en');
});

story('one is told from many, and a browser that asks for German gets it', async ({ browser }) => {
  const hub = await startHub();
  const context = await browser.newContext({ baseURL: hub.url, locale: 'de-AT' });
  try {
    await hub.api('POST', '/misc', { name: 'first' });
    const { page, trouble } = await open(browser, hub, { context });
    await page.goto('/');
    await page.getByText('1 Eintrag, 0 Dokumente').waitFor();
    await hub.api('POST', '/misc', { name: 'second' });
    await page.getByText('2 Einträge, 0 Dokumente').waitFor();
    assert.equal(await speaks(page), 'de');
    assert.deepEqual(trouble, []);
  } finally {
    await context.close();
    await hub.stop();
  }
});

/** Everything that is read on the page, seen or heard. */
const allText = (page) =>
  page.evaluate(() => {
    const spoken = ['aria-label', 'title', 'placeholder', 'alt'];
    const said = [...document.querySelectorAll('*')].flatMap((one) => spoken.map((name) => one.getAttribute(name) ?? ''));
    return [document.title, document.body.textContent, ...said].join('\n');
  });

for (const viewport of [DESKTOP, PHONE]) {
  const options = { viewport, timeout: 600_000, refusals: [404] };
  story(`every page has its German texts and room for them at ${viewport.width} px`, options, async ({ page, hub }) => {
    await inGerman(page);
    const found = [];
    for (const [name, path] of await deskTour(hub)) {
      await page.goto(path);
      await settled(page);
      for (const mark of (await allText(page)).match(/\[i18n-[^\]]*\]/g) ?? []) found.push(`${name}: ${mark}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) found.push(`${name}: ${wide} px too wide`);
    }
    assert.deepEqual(found, []);
  });
}
