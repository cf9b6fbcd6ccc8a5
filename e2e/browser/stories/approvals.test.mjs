// What an assistant may not do alone: it waits, a person sees it come, and says no or yes.
import assert from 'node:assert/strict';

import { assistant } from '../assistant.mjs';
import { PHONE, settled, stories, until } from '../browser.mjs';
import { command, startClosedHub } from '../hub.mjs';
import { look } from '../look.mjs';

const story = stories(() => startClosedHub({ LABKEEPER_APPROVALS: 'strict' }));
const make = async (hub, kind, data) => (await hub.api('POST', `/${kind}`, data)).data;
const isThere = (hub, kind, id) => hub.get(`/${kind}/${id}`).then(() => true, ({ status }) => status !== 404);

/** Asks to delete something, which waits; gives the number under which it does. */
async function park(claude, type, { id }, more = {}) {
  const { isError, data } = await claude.call('inventory_delete', { type, id, confirm: true, ...more });
  assert.ok(isError && data.code === 'approval_pending', JSON.stringify(data));
  return data.details.approval.id;
}
const statusOf = async (claude, id) => (await claude.call('approval_status', { id })).data.data[0];
const badge = (page, waiting) => page.getByRole('link', { name: new RegExp(`^Approvals ${waiting} waiting`) }).filter({ visible: true });

story('a call comes to wait under the eyes of a person, who says no and why', async ({ page, hub }) => {
  const claude = await assistant(hub);
  const shelf = await make(hub, 'hardware', { name: 'shelf in the rack' });
  await make(hub, 'vms', { name: 'stands on the shelf', hardware_id: shelf.id });
  await page.goto('/');
  await settled(page);
  assert.equal(await badge(page, '\\d').count(), 0);

  const id = await park(claude, 'hardware', shelf, { cascade: 'detach' });
  await badge(page, 1).waitFor();
  const panel = page.getByRole('region', { name: 'Waiting for you' });
  await panel.getByRole('link', { name: /delete hardware shelf in the rack/i }).click();

  const card = page.getByRole('article', { name: /delete hardware shelf in the rack/i });
  await card.getByText('Waits for you').waitFor();
  await card.getByText(/^Expires in/).waitFor();
  await card.getByRole('link', { name: 'stands on the shelf' }).waitFor();
  // Whoever presses Enter without reading says no.
  await card.locator('button:focus', { hasText: 'Deny' }).waitFor();
  assert.deepEqual(await look(page, 'approval'), []);
  await card.getByLabel('Reason for a no').fill('It is still screwed in.');
  await card.getByRole('button', { name: 'Deny' }).click();
  await card.getByText('Denied', { exact: true }).waitFor();
  await card.getByText('It is still screwed in.').waitFor();
  await until('the focus on what became of it', () => card.evaluate((one) => one.contains(document.activeElement)));
  await until('the badge gone', async () => (await badge(page, '\\d').count()) === 0);

  const known = await statusOf(claude, id);
  assert.deepEqual([known.state, known.reason, known.decided_by], ['denied', 'It is still screwed in.', hub.account.name]);
  assert.ok(await isThere(hub, 'hardware', shelf.id));
});

story('a yes does it at once for whoever asked, in the hand', { viewport: PHONE }, async ({ page, hub }) => {
  const claude = await assistant(hub);
  const lamp = await make(hub, 'misc', { name: 'lamp to be removed' });
  await page.goto('/approvals');
  await settled(page);
  const id = await park(claude, 'misc', lamp);
  await page.getByRole('link', { name: /lamp to be removed/i }).click();
  const card = page.getByRole('article');
  const approve = card.getByRole('button', { name: 'Approve' });
  const deny = card.getByRole('button', { name: 'Deny' });
  for (const button of [deny, approve]) {
    const box = await button.boundingBox();
    assert.ok(box.height >= 44 && box.y + box.height <= PHONE.height, 'the buttons are where a thumb is');
  }
  assert.ok((await deny.boundingBox()).x < (await approve.boundingBox()).x, 'no comes first');
  assert.deepEqual(await look(page, 'approval-in-hand'), []);
  await approve.click();
  await card.getByText('Done', { exact: true }).waitFor();
  await card.getByText(`${hub.account.name} said yes`).waitFor();
  assert.ok(!(await isThere(hub, 'misc', lamp.id)));
  const known = await statusOf(claude, id);
  assert.equal(known.state, 'done');

  await card.getByRole('link', { name: 'The change that came of it' }).click();
  const change = page.getByRole('main').getByRole('listitem').filter({ hasText: 'lamp to be removed' });
  await change.getByText('stories').waitFor();
  await change.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Undone', { exact: true }).waitFor();
  assert.ok(await isThere(hub, 'misc', lamp.id));
});

story('who reads one call is not moved to another, and what is decided elsewhere shows by itself', async ({ page, hub }) => {
  const claude = await assistant(hub);
  const [first, second] = [await make(hub, 'misc', { name: 'first of two' }), await make(hub, 'misc', { name: 'second of two' })];
  const one = await park(claude, 'misc', first);
  await page.goto('/approvals');
  const card = page.getByRole('article', { name: /first of two/i });
  await card.waitFor();
  const other = await park(claude, 'misc', second);
  await badge(page, 2).waitFor();
  await card.waitFor();

  command(hub.directory, ['deny', String(one), '--reason', 'said at the terminal']);
  await card.getByText('said at the terminal').waitFor();
  await page.getByRole('link', { name: 'Next that waits' }).click();
  const next = page.getByRole('article', { name: /second of two/i });
  await next.getByRole('button', { name: 'Approve' }).click();
  await next.getByText('Done', { exact: true }).waitFor();
  assert.equal((await statusOf(claude, other)).state, 'done');
  assert.ok(!(await isThere(hub, 'misc', second.id)) && (await isThere(hub, 'misc', first.id)));
});

story('approving by keyboard: no has the focus, yes is the next stop', async ({ page, hub }) => {
  const claude = await assistant(hub);
  const item = await make(hub, 'misc', { name: 'touched by keys' });
  const id = await park(claude, 'misc', item);
  await page.goto('/');
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('y');
  await page.getByRole('heading', { name: 'Approvals', level: 1 }).waitFor();
  await page.goto(`/approvals/${id}`);
  await page.locator('button:focus', { hasText: 'Deny' }).waitFor();
  await page.getByRole('button', { name: 'Approve', disabled: false }).waitFor();
  await page.keyboard.press('Tab');
  await page.locator('button:focus', { hasText: 'Approve' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('article').getByText('Done', { exact: true }).waitFor();
  assert.ok(!(await isThere(hub, 'misc', item.id)));
});
