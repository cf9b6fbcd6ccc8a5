import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';

import Connections from '../components/settings/Connections.svelte';
import type { Gap, Guest, Node as ClusterNode } from '../lib/api/proxmox.ts';
import { client } from '../lib/client.ts';
import { router } from '../lib/router.svelte.ts';
import Hosted from '../testing/Hosted.svelte';
import Health from './Health.svelte';
import Proxmox from './Proxmox.svelte';

afterEach(() => {
  cleanup();
  client.clear();
  router.setQuery(new URLSearchParams());
  vi.unstubAllGlobals();
});

it.each([
  ['Proxmox', Proxmox],
  ['Health', Health],
])('%s leads to the connections where no cluster is connected, and asks no cluster', async (_, page) => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    if (address === '/api/reachability') return Response.json({ data: [], down: 0, certificates: [] });
    asked.push(address);
    return Response.json({ version: '1', clusters: [], items: {} });
  });
  render(Hosted, { page });
  const way = await screen.findByRole('link', { name: 'Connect one' });
  expect(way.getAttribute('href')).toBe('/settings/connections');
  expect(asked).toEqual(['/api/status']);
});

/** Hub with these clusters, of which some cannot be asked. */
function hub(clusters: string[], gaps: Gap[] = []) {
  const seen = clusters.filter((name) => !gaps.some((gap) => gap.cluster === name));
  const nodes = seen.map((cluster) => ({ cluster, node: 'pve', status: 'online' }) as ClusterNode);
  const guests = seen.map((cluster, i) => ({ cluster, node: 'pve', vmid: 101 + i, name: `dns-${cluster}` }) as Guest);
  const shown = guests.map((guest) => ({
    ...guest,
    status: 'running',
    lock: '',
    tags: [],
    operable: false,
    item: null,
  }));
  const answers: Record<string, unknown> = {
    '/api/status': { version: '1', clusters, items: {} },
    '/api/proxmox/nodes': { nodes, gaps },
    '/api/proxmox/containers': { guests: shown, gaps },
    '/api/proxmox/vms': { guests: [], gaps },
  };
  vi.stubGlobal('fetch', async (address: string) => Response.json(answers[address]));
}

it('a cluster that could not be asked is not called empty', async () => {
  hub(['home'], [{ cluster: 'home', problem: 'refused', remedy: 'run `labkeeper doctor`' }]);
  render(Hosted, { page: Proxmox });
  await screen.findByText('The cluster could not be asked');
  expect((await screen.findByText('labkeeper doctor')).tagName).toBe('CODE');
  expect(screen.queryByText(/There is none/)).toBeNull();
});

it('of two nodes with one name, the chosen one shows only its own guests', async () => {
  hub(['attic', 'home']);
  render(Hosted, { page: Proxmox });
  const grid = await screen.findByRole('grid', { name: 'Guests' });
  expect(grid.getAttribute('aria-rowcount')).toBe('3');
  const cards = await screen.findAllByRole('button', { name: /^pve/ });
  cards[1]!.click();
  await vi.waitFor(() => expect(grid.getAttribute('aria-rowcount')).toBe('2'));
  expect(cards.map((card) => card.getAttribute('aria-pressed'))).toEqual(['false', 'true']);
  cards[1]!.click();
  await vi.waitFor(() => expect(grid.getAttribute('aria-rowcount')).toBe('3'));
});

it('a check that failed is told above what the last one found', async () => {
  const finding = { section: 'access', check: 'token', status: 'warn', finding: 'the token ends soon' };
  const found = { name: 'home', tier: 'observe', version: '9.1', status: 'warn', endpoints: [], findings: [finding] };
  let checks = 0;
  vi.stubGlobal('fetch', async (address: string) => {
    if (address === '/api/status') return Response.json({ version: '1', clusters: ['home'], items: {} });
    checks += 1;
    const failure = { error: 'the hub is busy', code: 'conflict' };
    return checks === 1 ? Response.json({ clusters: [found] }) : Response.json(failure, { status: 409 });
  });
  render(Hosted, { page: Connections });
  (await screen.findByRole('button', { name: 'Check again' })).click();
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('The hub is busy.');
  const old = screen.getByText('The token ends soon');
  expect(alert.compareDocumentPosition(old) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
});
