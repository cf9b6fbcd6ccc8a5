// The first page of a hub where nothing is wrong, and of one where something stopped answering.
import assert from 'node:assert/strict';

import { settled, stories } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);

story('where nothing is wrong it says so, and what is not looked at', async ({ page, hub }) => {
  await hub.api('POST', '/hardware', { name: 'alone' });
  await page.goto('/');
  await settled(page);
  const panel = page.getByRole('region', { name: 'Needs attention' });
  await panel.getByText('Nothing needs you now').waitFor();
  await panel.getByRole('link', { name: 'connect Proxmox' }).click();
  await page.getByRole('heading', { name: /Settings|Connections/, level: 1 }).waitFor();
  await page.goto('/');
  await settled(page);
  assert.equal(await page.getByRole('region', { name: 'Capacity' }).count(), 0, 'no empty box for what is not connected');
  assert.equal(await page.getByRole('region', { name: 'Apps' }).count(), 0);
});
