import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';

import { client } from '../lib/client.ts';
import Hosted from '../testing/Hosted.svelte';
import Health from './Health.svelte';
import Proxmox from './Proxmox.svelte';

afterEach(() => {
  cleanup();
  client.clear();
  vi.unstubAllGlobals();
});

it.each([
  ['Proxmox', Proxmox],
  ['Health', Health],
])('%s leads to the connections where no cluster is connected, and asks no cluster', async (_, page) => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    asked.push(address);
    return Response.json({ version: '1', clusters: [], items: {} });
  });
  render(Hosted, { page });
  const way = await screen.findByRole('link', { name: 'Connect one' });
  expect(way.getAttribute('href')).toBe('/settings/connections');
  expect(asked).toEqual(['/api/status']);
});
