import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';

import { client } from '../lib/client.ts';
import { router } from '../lib/router.svelte.ts';
import Hosted from '../testing/Hosted.svelte';
import Item from './Item.svelte';

const KIND = { key: 'misc', label: 'Other', label_many: 'Other', count: 1, name_field: 'name', fields: [] };
const ROW = { id: 1, rev: 1, name: 'lamp', tags: [], custom: {}, addresses: [], created_at: '2026-01-01T00:00:00' };
const DETAIL = {
  ...{ kind: 'misc', row: { ...ROW, updated_at: ROW.created_at } },
  ...{ links: [], backlinks: [], parents: [], children: [], facts: [], drift: [], networks: [], missing: [] },
};

afterEach(() => {
  cleanup();
  client.clear();
  router.params = {};
  vi.unstubAllGlobals();
});

it('an item is shown that comes after the kinds, which came after the page', async () => {
  const asked = new Map<string, (answer: Response) => void>();
  const answer = (address: string, data: unknown) => asked.get(address)!(Response.json({ data, count: 1 }));
  vi.stubGlobal('fetch', (address: string) => new Promise((resolve) => asked.set(address, resolve)));
  router.params = { id: '1' };
  render(Hosted, { page: Item });
  await vi.waitFor(() => expect([...asked.keys()].sort()).toEqual(['/api/items/1', '/api/kinds']));
  answer('/api/kinds', [KIND]);
  await vi.waitFor(() => expect(client.getQueryData(['kinds'])).toBeTruthy());
  answer('/api/items/1', DETAIL);
  expect(await screen.findByRole('heading', { name: 'lamp', level: 1 })).toBeTruthy();
});
