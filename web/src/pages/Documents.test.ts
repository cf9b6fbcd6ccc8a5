import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { client } from '../lib/client.ts';
import Hosted from '../testing/Hosted.svelte';
import Documents from './Documents.svelte';

const KINDS = [
  { key: 'documents', label: 'Document', label_many: 'Documents', count: 0, name_field: 'title', fields: [] },
];
/** Addresses that do not answer. */
let lost: string[];

beforeEach(() => {
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  vi.stubGlobal('fetch', async (address: string) => {
    if (lost.includes(address)) throw new TypeError('connection refused');
    return Response.json({ data: address === '/api/kinds' ? KINDS : [], count: 0 });
  });
});
afterEach(() => {
  cleanup();
  client.clear();
  vi.unstubAllGlobals();
});

/** The page as it is while the hub does not answer for these addresses. */
async function openWithout(...addresses: string[]) {
  lost = addresses;
  render(Hosted, { page: Documents });
  await screen.findByText('The documents could not be loaded');
  lost = [];
  screen.getByRole('button', { name: 'Try again' }).click();
}

describe('the documents', () => {
  it('come when one tries again, though more than one answer failed', async () => {
    await openWithout('/api/documents', '/api/kinds');
    expect(await screen.findByText('No document yet')).toBeTruthy();
  });
  it('say so when only the kinds failed', async () => {
    await openWithout('/api/kinds');
    expect(await screen.findByText('No document yet')).toBeTruthy();
  });
});
