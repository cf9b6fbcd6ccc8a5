// Another language: chosen in the settings, kept, on every page, and given back.
import assert from 'node:assert/strict';

import { DESKTOP, open, PHONE, settled, stories, until } from '../browser.mjs';
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

story('in German the parts of a scan hold their hosts, and filters of English addresses hold', async ({ page, hub }) => {
  await inGerman(page);
  const { id } = await hub.api('POST', '/discovery/jobs', { cidr: '127.0.80.0/30', ports: [9] });
  await until('the end of the scan', async () => (await hub.get(`/discovery/jobs/${id}`)).state === 'done');
  // On loopback everybody answers, so that nobody is ever gone: this alone is told in the hub's place.
  await page.route(`**/api/discovery/jobs/${id}`, async (route) => {
    const answer = await route.fetch();
    const at = (name) => ({ ip: '127.0.80.1', name, label: 'SSH Host' });
    const since = { scan: 1, new: [at('stranger')], gone: [at('old friend')], moved: [], changed: [] };
    await route.fulfill({ response: answer, json: { ...(await answer.json()), since } });
  });
  await page.goto(`/discovery/${id}`);
  const rows = page.getByRole('grid', { name: 'Hosts' }).getByRole('row').filter({ has: page.getByRole('gridcell') });
  await rows.filter({ hasText: '127.0.80.1' }).getByText('Neu', { exact: true }).filter({ visible: true }).first().waitFor();
  await page.getByRole('radio', { name: /^Verschwunden/ }).click();
  await rows.filter({ hasText: 'old friend' }).getByText('Verschwunden', { exact: true }).filter({ visible: true }).first().waitFor();
  assert.equal(await rows.count(), 1);
  assert.match(page.url(), /since=gone/);

  await page.goto('/proxmox?status=stopped');
  await page.getByRole('button', { name: /^Filter entfernen/ }).getByText('Angehalten').waitFor();
  await page.getByRole('grid').getByText('Angehalten', { exact: true }).filter({ visible: true }).first().waitFor();
});

story('a refusal is said in German first, and the hub\'s own words are marked as English', { refusals: [400, 503] }, async ({ page }) => {
  await inGerman(page);
  await page.goto('/inventory/networks?new=1');
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Name', { exact: false }).first().fill('attic');
  const field = sheet.locator('[data-field=subnet] input');
  await field.fill('not a network');
  await sheet.getByRole('button', { name: 'Hinzufügen', exact: true }).click();
  await sheet.locator('[data-field=subnet] input[aria-invalid=true]').waitFor();
  const described = await field.getAttribute('aria-describedby');
  assert.match(await page.locator(`[id="${described}"]`).innerText(), /^Etwas daran wird nicht angenommen\. .+/);
  await field.fill('');
  await sheet.getByLabel('Name', { exact: false }).first().fill('');

  const busy = { error: 'the database is busy', code: 'unavailable', hint: 'try again in a moment', request_id: 'req-1' };
  await page.route('**/api/drift*', (route) => route.fulfill({ status: 503, json: busy }));
  await page.goto('/drift');
  const refused = page.getByRole('alert').filter({ hasText: 'Laden fehlgeschlagen' });
  await refused.getByText('Etwas, das dafür gebraucht wird, ist gerade nicht da.').waitFor();
  const said = refused.locator('[lang=en]');
  assert.equal(await said.innerText(), 'The database is busy. Try again in a moment.');
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
