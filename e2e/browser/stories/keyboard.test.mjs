// A whole visit without touching the mouse.
import assert from 'node:assert/strict';

import { stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);
const MOST = 60;

/** Where the focus is, as somebody who looks or listens would say it. */
const focus = (page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    const style = getComputedStyle(at);
    return {
      name: (at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText ?? '').replaceAll('\u00a0', ' ').trim(),
      tag: at.localName,
      seen: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none',
    };
  });

/** Tab after Tab until `wanted`; every stop on the way shows that it is one. */
async function tabTo(page, wanted) {
  const passed = [];
  for (let stop = 0; stop < MOST; stop += 1) {
    await page.keyboard.press('Tab');
    const at = await focus(page);
    if (at.tag !== 'body') assert.ok(at.seen, `the focus shows on ${at.tag} ${at.name}`);
    if (wanted.test(at.name)) return;
    passed.push(at.name || at.tag);
  }
  throw new Error(`no tab stop ${wanted}; passed ${passed.join(' | ')}`);
}

const heading = (page, name) => page.getByRole('heading', { name, level: 1 }).waitFor();

story('signing in, adding, changing, deleting and taking back need no mouse', { guest: true, refusals: [401] }, async ({ page, hub }) => {
  await page.goto('/');
  await heading(page, 'Sign in to labkeeper');
  await tabTo(page, /^Name/);
  await page.keyboard.type(hub.account.name);
  await tabTo(page, /^Password/);
  await page.keyboard.type(hub.account.password);
  await page.keyboard.press('Enter');
  await heading(page, 'Overview');

  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await heading(page, 'Inventory');
  await page.keyboard.press('c');
  await page.getByRole('dialog', { name: 'Add to the inventory' }).waitFor();
  await tabTo(page, /^Hardware/);
  await page.keyboard.press('Enter');
  const add = page.getByRole('dialog', { name: 'Add hardware' });
  await add.waitFor();
  await until('the focus on the name', async () => /^Name/.test((await focus(page)).name));
  await page.keyboard.type('touched by no mouse');
  await page.keyboard.press('Control+Enter');
  await heading(page, 'touched by no mouse');
  const id = Number(new URL(page.url()).pathname.split('/').at(-1));

  await page.keyboard.press('e');
  const edit = page.getByRole('dialog', { name: 'Edit touched by no mouse' });
  await edit.waitFor();
  await until('the focus in the sheet', () => edit.evaluate((sheet) => sheet.contains(document.activeElement)));
  await tabTo(page, /^Location/);
  await page.keyboard.type('on the desk');
  await page.keyboard.press('Control+Enter');
  await edit.waitFor({ state: 'detached' });
  assert.equal((await hub.get(`/hardware/${id}`)).data.location, 'on the desk');

  await tabTo(page, /^More actions/);
  await page.keyboard.press('Enter');
  await until('the focus in the menu', async () => (await focus(page)).name.startsWith('Duplicate'));
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const asks = page.getByRole('dialog', { name: 'Delete touched by no mouse?' });
  await asks.waitFor();
  await until('the safe answer first', async () => (await focus(page)).name === 'Cancel');
  await page.keyboard.press('Escape');
  await until('the focus back on the menu', async () => (await focus(page)).name.startsWith('More actions'));
  await page.keyboard.press('Enter');
  await until('the focus in the menu', async () => (await focus(page)).name.startsWith('Duplicate'));
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await until('the safe answer first', async () => (await focus(page)).name === 'Cancel');
  await tabTo(page, /^Delete$/);
  await page.keyboard.press('Enter');
  await page.getByText('Deleted touched by no mouse').waitFor();
  await assert.rejects(hub.get(`/hardware/${id}`), { status: 404 });

  await page.keyboard.press('Alt+t');
  await tabTo(page, /^Undo$/);
  await page.keyboard.press('Enter');
  await page.getByText('Undone', { exact: true }).waitFor();
  assert.equal((await hub.get(`/hardware/${id}`)).data.location, 'on the desk');
});

story('layers open, keep the focus inside and give it back', async ({ page, hub }) => {
  await hub.api('POST', '/misc', { name: 'thing to find' });
  await page.goto('/');
  await heading(page, 'Overview');
  await tabTo(page, /^Search or run/);
  await page.keyboard.press('Enter');
  const palette = page.getByRole('dialog', { name: 'Search and commands' });
  await palette.waitFor();
  for (let n = 0; n < 6; n += 1) {
    await page.keyboard.press('Tab');
    assert.ok(await palette.evaluate((layer) => layer.contains(document.activeElement)), 'Tab stays inside');
  }
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'detached' });
  await until('the focus back on the button', async () => (await focus(page)).name.startsWith('Search or run'));

  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.waitFor();
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await palette.getByRole('combobox').fill('> drift');
  await page.getByRole('option', { name: /Go to Drift/ }).waitFor();
  await page.keyboard.press('Enter');
  await heading(page, 'Drift');
});

story('the palette runs what has no key', async ({ page }) => {
  await page.goto('/');
  await heading(page, 'Overview');
  const palette = page.getByRole('dialog', { name: 'Search and commands' });
  const run = async (words, name) => {
    await page.keyboard.press('Control+k');
    await palette.getByRole('combobox').fill(`> ${words}`);
    await palette.getByRole('option', { name, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await palette.waitFor({ state: 'detached' });
  };
  await run('show networks', /^Show networks/);
  await heading(page, 'Networks');
  await run('add network', /^Add network/);
  await page.getByRole('dialog', { name: 'Add network' }).waitFor();
  await page.keyboard.press('Escape');
  await run('shortcuts', /^Show keyboard shortcuts/);
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Go to Reachability').waitFor();
});
