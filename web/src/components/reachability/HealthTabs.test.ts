import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { client } from '../../lib/client.ts';
import { minute } from '../../lib/minute.svelte.ts';
import Hosted from '../../testing/Hosted.svelte';
import HealthTabs from './HealthTabs.svelte';

const MINUTE = 60_000;
beforeEach(() => void (minute.now = Date.now()));
afterEach(() => {
  cleanup();
  client.clear();
  vi.unstubAllGlobals();
});

/** A hub whose clock is so many minutes behind, and which saw one item silent that many minutes ago. */
function hub(behind: number, seenAgo: number) {
  const now = Date.now() - behind * MINUTE;
  const standing = {
    item: { id: 1, name: 'nas', kind: 'hardware' },
    alive: false,
    since: new Date(now - 90 * MINUTE).toISOString(),
    seen_at: new Date(now - seenAgo * MINUTE).toISOString(),
    method: 'none',
    latency_ms: null,
  };
  const body = { data: [standing], down: 1, every_minutes: 5, certificates: [] };
  const headers = { date: new Date(now).toUTCString() };
  vi.stubGlobal('fetch', async () => Response.json(body, { headers }));
}
const link = (name: string) => screen.findByRole('link', { name });

it.each([0, 600, -600])('what is down is counted though the clock of the hub is %s minutes behind', async (behind) => {
  hub(behind, 1);
  render(Hosted, { page: HealthTabs });
  expect(await link('Reachability 1 down')).toBeTruthy();
});
it.each([0, 600, -600])('what nobody looks at any more is not, with a clock %s minutes behind', async (behind) => {
  hub(behind, 30);
  render(Hosted, { page: HealthTabs });
  await vi.waitFor(() => expect(client.getQueryData(['reachability', 'now'])).toBeDefined());
  expect(await link('Reachability')).toBeTruthy();
});
it('nothing stays down because nobody can be asked any more', async () => {
  hub(0, 1);
  render(Hosted, { page: HealthTabs });
  await link('Reachability 1 down');
  minute.now += 20 * MINUTE;
  expect(await link('Reachability')).toBeTruthy();
});
