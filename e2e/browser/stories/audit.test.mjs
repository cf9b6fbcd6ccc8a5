// The audit log: what was asked and what became of it, found again, and whether it is what was written.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';
import { look } from '../look.mjs';

const story = stories(startClosedHub);
const rows = (page) => page.getByRole('main').getByRole('listitem').filter({ has: page.getByRole('button') });

story('a record is found by what became of it, and tells everything it has', async ({ page, hub }) => {
  const { data: item } = await hub.api('POST', '/misc', { name: 'audited lamp' });
  await hub.api('PATCH', `/misc/${item.id}`, { notes: 'brighter' });
  await assert.rejects(hub.api('POST', '/users', { name: 'intruder', password: 'correct horse', role: 'admin' }), { status: 403 });

  await page.goto('/');
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor();
  const verified = page.getByRole('region', { name: 'Verification' });
  await verified.getByText('Audit intact').waitFor();
  await verified.getByText(/Not anchored/).waitFor();
  const { records } = await hub.get('/audit/verify');
  await verified.getByRole('button', { name: 'Verify again' }).click();
  await verified.getByText(`Verified to record ${records}`).waitFor();

  await page.getByLabel('What became of it').selectOption('Refused');
  await until('refusals alone', async () => {
    const shown = await rows(page).allInnerTexts();
    return shown.length > 0 && shown.every((text) => text.includes('Refused'));
  });
  const refusal = rows(page).filter({ hasText: 'user_create' });
  await refusal.getByText('This is for admins.').waitFor();
  await page.reload();
  await refusal.waitFor();

  await page.goto('/audit');
  await rows(page).first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('audited lamp');
  await until('what has these words', async () => {
    const shown = await rows(page).allInnerTexts();
    return shown.length === 2 && shown.every((text) => text.includes('audited lamp'));
  });
  assert.equal(new URL(page.url()).searchParams.get('text'), 'audited lamp');
  const change = rows(page).first();
  await change.getByRole('button').first().click();
  await change.getByRole('region', { name: /^Record/ }).nth(1).waitFor();
  await change.getByRole('region', { name: 'The change' }).getByRole('button', { name: 'What changed' }).click();
  await change.getByText('brighter').waitFor();
  assert.deepEqual(await look(page, 'audit-record'), []);

  await page.getByRole('button', { name: 'More actions' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Export what is shown' }).click(),
  ]);
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(lines.map((line) => line.phase), ['done', 'asked', 'done', 'asked']);
  assert.ok(lines.every((line) => /^[0-9a-f]{64}$/.test(line.hash)));

  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByLabel('Number of the guest').fill('4711');
  await page.getByText('Nothing matches').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await until('everything again', async () => (await rows(page).count()) > 2);
});
