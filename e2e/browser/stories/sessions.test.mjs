// Taking back everything that a session of an assistant changed, and what stands in the way of that.
import assert from 'node:assert/strict';

import { assistant } from '../assistant.mjs';
import { settled, stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';
import { look } from '../look.mjs';

const story = stories(startClosedHub);

story('a session is undone as a whole, and not while something newer stands in the way', { refusals: [409] }, async ({ page, hub }) => {
  const claude = await assistant(hub);
  const make = async (name) => (await claude.call('inventory_create', { type: 'misc', data: { name } })).data.data;
  const [kept, other] = [await make('made by a session'), await make('made beside it')];
  await claude.call('inventory_update', { type: 'misc', id: kept.id, data: { notes: 'as the session left it' } });
  await hub.api('PATCH', `/misc/${kept.id}`, { notes: 'corrected by hand' });
  const names = async () => (await hub.get('/misc')).data.map((one) => one.name);

  await page.goto('/activity');
  await settled(page);
  await page.getByRole('listitem').filter({ hasText: 'made beside it' }).getByRole('link', { name: 'session' }).click();
  await page.getByRole('button', { name: 'Undo this session…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Undo this session?' });
  await dialog.getByText(/^Undo 3 changes/).waitFor();
  await dialog.locator('button:focus', { hasText: 'Cancel' }).waitFor();
  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();

  const refusal = dialog.getByRole('alert');
  await refusal.getByText('Nothing was undone.').waitFor();
  await refusal.getByText(/made by a session was changed again since/i).waitFor();
  await dialog.getByText('as the session left it').waitFor();
  await dialog.getByText('corrected by hand').waitFor();
  assert.deepEqual(await look(page, 'session-conflict'), []);
  assert.ok((await names()).includes('made beside it'), 'all or nothing');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  const [newest] = (await hub.get('/changes?limit=1')).data;
  await hub.api('POST', `/changes/${newest.id}/revert`);
  await page.getByRole('button', { name: 'Undo this session…' }).click();
  await dialog.getByText(/^Undo 3 changes/).waitFor();
  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Undid 3 changes').waitFor();
  await until('both gone', async () => !(await names()).some((name) => [kept.name, other.name].includes(name)));

  await page.locator('[data-sonner-toast]').getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Undone', { exact: true }).waitFor();
  assert.deepEqual((await names()).filter((name) => name.startsWith('made')).sort(), ['made beside it', 'made by a session']);
});
