// Tokens for programs: shown once, used, revoked.
import assert from 'node:assert/strict';

import { stories } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);

story('a token is shown once, works as far as its scope, and stops when revoked', async ({ page, hub }) => {
  await page.goto('/settings/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const form = page.getByRole('dialog', { name: 'New token' });
  await form.getByLabel('Name').fill('assistant');
  await form.getByRole('radio', { name: /^read/ }).check();
  await form.getByLabel('Lifetime').selectOption('90d');
  await form.getByRole('button', { name: 'Create token' }).click();
  const shown = page.getByRole('dialog', { name: 'Token assistant' });
  const secret = await shown.getByRole('textbox', { name: 'Token' }).inputValue();
  assert.match(secret, /^lk_/);
  await shown.getByRole('button', { name: 'Done' }).click();
  await page.getByText('assistant', { exact: true }).waitFor();
  await page.reload();
  await page.getByText('assistant', { exact: true }).waitFor();
  assert.ok(!(await page.content()).includes(secret), 'it is not shown again');

  const as = (method, path, body) =>
    fetch(`${hub.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    }).then((answer) => answer.status);
  assert.equal(await as('GET', '/hardware'), 200);
  assert.equal(await as('POST', '/hardware', { name: 'forbidden' }), 403);

  const line = page.getByRole('main').getByRole('listitem').filter({ hasText: 'assistant' });
  await line.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog', { name: 'Revoke assistant?' }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await line.getByText(/^revoked/).first().waitFor();
  assert.equal(await as('GET', '/hardware'), 403, 'as the predecessor answers a token that it does not know');
});
