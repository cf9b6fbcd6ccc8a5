// The journal of changes: who goes on saving one thing is told once, and each save stands there still.
import assert from 'node:assert/strict';

import { settled, stories } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);

story('a document that saves itself fills no page, and each save can be read and undone', async ({ page, hub }) => {
  const { data } = await hub.api('POST', '/documents', { title: 'Diary', content: '' });
  for (const content of ['a', 'ab', 'abc']) await hub.api('PATCH', `/documents/${data.id}`, { content });
  await page.goto('/activity');
  await settled(page);
  const rows = page.getByRole('main').getByRole('listitem');
  const sitting = rows.filter({ hasText: 'changed Diary, 3 saves' });
  await sitting.waitFor();
  assert.equal(await rows.count(), 2, 'the sitting, and the beginning of the page');
  assert.equal(await sitting.getByRole('button', { name: 'Undo' }).count(), 0, 'no Undo of half of it');
  const unfold = sitting.getByRole('button', { name: 'Show its 3 saves' });
  await unfold.press('Enter');
  await rows.nth(4).waitFor();
  assert.equal(await rows.count(), 5);
  await rows.nth(1).getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Undone', { exact: true }).waitFor();
  assert.equal((await hub.get(`/documents/${data.id}`)).data.content, 'ab');
});
