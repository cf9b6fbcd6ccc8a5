import { cleanup, render, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { client } from '../lib/client.ts';
import { router } from '../lib/router.svelte.ts';
import Hosted from '../testing/Hosted.svelte';
import Files from './Files.svelte';

const PLACE = 'pct:home/101';
const version = (id: number, more = {}) => ({
  ...{ backupPath: `b${id}`, timestamp: `2026-11-2${id}T10:00:00.000000`, place: PLACE, kind: 'full', sizeBytes: 10 },
  ...{ hash: 'aa', revertible: true, current: false, settlement: 'applied', actor: 'claude', op: 'pct_write_file' },
  ...{ changeId: null, ...more },
});
const diff = (text: string) => ({ diff: text, diffTruncated: false, addedLines: 1, removedLines: 1 });
const CONFLICT = {
  error: '/etc/motd was changed by somebody else',
  code: 'conflict',
  field: 'overwrite',
  details: {
    ...{ path: '/etc/motd', place: PLACE },
    conflict: {
      overlaps: true,
      theirs: diff('@@ -1 +1 @@\n-ours\n+theirs\n'),
      would: diff('@@ -1 +1 @@\n-theirs\n+old\n'),
    },
  },
};
let writes: Record<string, unknown>[];
let asked: string[];

beforeEach(() => {
  [writes, asked] = [[], []];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    asked.push(address);
    if (address.startsWith('/api/proxmox/backups'))
      return Response.json({
        currentVerified: true,
        versions: [version(3), version(2, { place: 'pct:attic/101' }), version(1, { kind: 'absent', current: true })],
      });
    if (address.startsWith('/api/files/diff'))
      return Response.json({ ...diff('@@ -1 +1 @@\n-now\n+old\n'), currentSha256: 'a', backupSha256: 'b' });
    if (address !== '/api/files/revert') return Response.json({});
    const body = JSON.parse(init.body as string) as Record<string, unknown>;
    writes.push(body);
    return body.overwrite ? Response.json({ restoredFrom: 'b3' }) : Response.json(CONFLICT, { status: 409 });
  });
  router.setQuery(new URLSearchParams({ place: PLACE, path: '/etc/motd' }));
});
afterEach(() => {
  cleanup();
  client.clear();
  router.setQuery(new URLSearchParams());
  vi.unstubAllGlobals();
});

it('the versions are those of this place, and the one that is there now is not put back', async () => {
  render(Hosted, { page: Files });
  const list = await screen.findByRole('list', { name: 'Versions, newest first' });
  expect(within(list).getAllByRole('listitem')).toHaveLength(2);
  expect(asked[0]).toBe('/api/proxmox/backups?path=%2Fetc%2Fmotd&vmid=101&cluster=home');
  within(list).getByText('As it is now');
  expect(screen.getAllByRole('button', { name: /^(Restore|Remove)/ })).toHaveLength(1);
});

it('what somebody else wrote since is shown before it is overwritten', async () => {
  render(Hosted, { page: Files });
  (await screen.findByRole('button', { name: 'Restore b3' })).click();
  const dialog = await screen.findByRole('dialog', { name: 'Restore this version?' });
  await within(dialog).findByText('now');
  within(dialog).getByRole('button', { name: 'Restore' }).click();
  await within(dialog).findByText('Nothing was written.');
  within(dialog).getByText(/Both touch the same lines/);
  within(dialog).getByText('ours');
  within(dialog).getByRole('button', { name: 'Overwrite theirs' }).click();
  await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(writes).toEqual([
    { backupPath: 'b3', overwrite: false, confirm: true },
    { backupPath: 'b3', overwrite: true, confirm: true },
  ]);
});
