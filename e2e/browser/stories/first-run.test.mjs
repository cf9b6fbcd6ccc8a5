// The way in: set-up with the printed code, leaving, coming back.
import assert from 'node:assert/strict';

import { stories } from '../browser.mjs';
import { command, dataDirectory, startHub } from '../hub.mjs';

const PASSWORD = 'correct horse battery';

/** With a token and nobody's account the hub is closed, and the first person comes in with the code. */
const story = stories(() => {
  const directory = dataDirectory();
  const token = command(directory, ['token', 'create', 'stories', '--scope', 'read']);
  return startHub({ directory, token });
});

story('the first person sets the hub up with the printed code and is in', { refusals: [400, 401, 403] }, async ({ page, hub }) => {
  await page.goto('/');
  await page.getByRole('heading', { name: 'Set up labkeeper' }).waitFor();
  const code = /\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(hub.log())?.[0];
  assert.ok(code, 'the hub prints a code where it was started');

  const field = (label) => page.getByLabel(label);
  await field('One-time code').fill('AAAA-AAAA-AAAA');
  await field('Name').fill('anna');
  await field('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.locator('input[name=code][aria-invalid=true]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'code');

  await field('One-time code').fill(code);
  await field('Password').fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.locator('input[name=password][aria-invalid=true]').waitFor();

  await field('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  const cookies = await page.context().cookies();
  assert.equal(cookies.length, 1);
  assert.ok(cookies[0].httpOnly && cookies[0].sameSite === 'Strict', 'scripts cannot read the session');
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.ok(!stored.includes(cookies[0].value) && !stored.includes(PASSWORD), 'nothing secret is stored by the page');
});

story('a wrong password is refused, the right one lets in, and signing out ends the session', { refusals: [401] }, async ({ page, context }) => {
  await page.goto('/inventory/vms');
  await page.getByRole('heading', { name: 'Sign in to labkeeper' }).waitFor();
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password', { exact: true }).fill('wrong horse battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('input[aria-invalid=true]').waitFor();

  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'No VMs yet' }).waitFor();
  const session = await context.cookies();

  await page.goto('/settings');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to labkeeper' }).waitFor();
  await context.addCookies(session);
  await page.goto('/');
  await page.getByRole('heading', { name: 'Sign in to labkeeper' }).waitFor();
});

story('a token signs in too, with no more rights than it has', { refusals: [401] }, async ({ page, hub }) => {
  await page.goto('/');
  await page.getByText('Token', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Token' }).fill(hub.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  await page.goto('/inventory/vms');
  await page.getByRole('heading', { name: 'No VMs yet' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Add VM' }).count(), 0, 'who may only read is offered no writing');
});
