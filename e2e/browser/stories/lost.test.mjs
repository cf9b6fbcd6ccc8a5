// What a page does when the hub goes away, and when it comes back; and when the person is no longer known.
import assert from 'node:assert/strict';

import { settled, stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';
import { look } from '../look.mjs';

const story = stories(startClosedHub);
const make = async (hub, kind, data) => (await hub.api('POST', `/${kind}`, data)).data;
const name = (sheet) => sheet.getByLabel('Name', { exact: false }).first();

story('a lost hub is said, nothing on the page is, and it comes up to date by itself', { refusals: ['net::'] }, async ({ page, hub }) => {
  const item = await make(hub, 'vms', { name: 'survivor' });
  await page.goto(`/items/${item.id}?edit=1`);
  const sheet = page.getByRole('dialog', { name: 'Edit survivor' });
  await name(sheet).fill('survivor of a crash');
  await page.evaluate(() => (globalThis.sameDocument = true));

  await hub.kill();
  await sheet.getByRole('button', { name: 'Save', exact: true }).click();
  await sheet.getByText('The server cannot be reached').waitFor();
  assert.equal(await name(sheet).inputValue(), 'survivor of a crash');
  await page.getByText('No connection to the hub', { exact: false }).waitFor({ timeout: 30_000 });
  const found = await look(page, 'hub-lost-edit');

  await hub.start();
  assert.deepEqual(found, []);
  await make(hub, 'vms', { name: 'born meanwhile' });
  await page.getByText('No connection to the hub', { exact: false }).waitFor({ state: 'detached', timeout: 30_000 });
  await sheet.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'survivor of a crash', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'VMs', exact: true }).first().click();
  await page.getByRole('link', { name: 'born meanwhile' }).waitFor();
  assert.equal(await page.evaluate(() => globalThis.sameDocument), true);
});

story('a page that is opened without a hub says so where its parts would be', { refusals: ['net::', 503] }, async ({ page, hub }) => {
  await make(hub, 'misc', { name: 'far away' });
  await page.goto('/');
  await settled(page);
  // One route to the end: a request that meets the taking away of a route is never answered.
  let lost = true;
  await page.context().route('**/api/**', (route) => (lost ? route.abort('connectionrefused') : route.continue()));
  await page.getByRole('link', { name: 'Docs' }).first().click();
  await page.getByRole('alert').getByText('The documents could not be loaded').waitFor();
  assert.deepEqual(await look(page, 'hub-lost-page'), []);
  lost = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('No document yet').waitFor();
});

story('a session that ends in the middle of an edit is taken up again over the page', { refusals: [401] }, async ({ page, hub, context }) => {
  const item = await make(hub, 'misc', { name: 'long letter' });
  await page.goto(`/items/${item.id}?edit=1`);
  const sheet = page.getByRole('dialog', { name: 'Edit long letter' });
  await name(sheet).fill('long letter, signed');
  await context.clearCookies();
  // Without the pointer: the page may meet the ended session by itself just now, and then the sign-in is over the button.
  await sheet.getByRole('button', { name: 'Save', exact: true }).dispatchEvent('click');
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await again.waitFor();
  assert.deepEqual(await look(page, 'sign-in-again'), []);
  await again.getByLabel('Name').fill(hub.account.name);
  await again.getByLabel('Password', { exact: true }).fill(hub.account.password);
  await again.getByRole('button', { name: 'Sign in' }).click();
  await again.waitFor({ state: 'detached' });
  assert.equal(await name(sheet).inputValue(), 'long letter, signed');
  await sheet.getByRole('button', { name: 'Save', exact: true }).click();
  await until('it saved', async () => (await hub.get(`/misc/${item.id}`)).data.name === 'long letter, signed');
});
