import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';

import { client } from '../../lib/client.ts';
import Hosted from '../../testing/Hosted.svelte';
import Attention from './Attention.svelte';

afterEach(() => {
  cleanup();
  client.clear();
  vi.unstubAllGlobals();
});

const QUIET: Record<string, unknown> = {
  '/api/status': { clusters: [{ name: 'lab' }], search: { degraded: null } },
  '/api/proxmox/health': { ts: '2026-11-28T12:00:00.000000', findings: [] },
  '/api/proxmox/nodes': { nodes: [], gaps: [] },
  '/api/reachability': { data: [], down: 0, certificates: [] },
  '/api/drift': { data: [] },
  '/api/approvals': { data: [] },
};
function hub(refused?: string) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    const path = address.split('?')[0]!;
    asked.push(path);
    const no = path === refused || !(path in QUIET);
    return no ? Response.json({ error: 'not now', code: 'forbidden' }, { status: 403 }) : Response.json(QUIET[path]);
  });
  return asked;
}

it('says that nothing needs one, once everything was read', async () => {
  const asked = hub();
  render(Hosted, { page: Attention });
  expect(await screen.findByText(/Nothing needs you now/)).toBeTruthy();
  expect(new Set(asked)).toEqual(new Set(Object.keys(QUIET)));
});

it.each([
  ['/api/approvals', 'Approvals could not be loaded'],
  ['/api/proxmox/nodes', 'The nodes could not be loaded'],
  ['/api/drift', 'Drift could not be loaded'],
])('does not say so without %s', async (path, told) => {
  hub(path);
  render(Hosted, { page: Attention });
  expect((await screen.findByRole('alert')).textContent).toContain(told);
  await vi.waitFor(() => expect(document.querySelector('.late')).toBeNull());
  expect(screen.queryByText(/Nothing needs you now/)).toBeNull();
});
