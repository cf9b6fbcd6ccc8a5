import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { client } from '../client.ts';
import { readGraph } from './graph.ts';
import { Positions } from './positions.svelte.ts';

const node = (id: number) => ({ data: { id: `vms-${id}`, entity_id: id, type: 'vms', rawName: `vm ${id}` } });
const graph = readGraph({ nodes: [node(1), node(2)], edges: [] }, { networks: [] });
const box = { id: 1, x: 0, y: 0, w: 100, h: 40, inside: null, holds: false };
const OLD = { 'vms-1': { x: 0, y: 0, pinned: true } };
const [BEFORE, AFTER] = [[{ id: 1, x: 0, y: 0 }], [{ id: 1, x: 60, y: 20 }]];

let hub: { init: RequestInit; answer: (response: Response) => void }[];
beforeEach(() => {
  vi.useFakeTimers();
  hub = [];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => new Promise((answer) => hub.push({ init, answer })));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  client.clear();
});

function moved() {
  const positions = new Positions(() => graph);
  positions.put([box], new Map([[1, { dx: 10, dy: 0 }]]));
  return positions;
}

it('pins count only where their item is on the map', () => {
  const places = { ...OLD, 'vms-9': { x: 5, y: 5, pinned: true }, 'vms-2': { x: 5, y: 5, pinned: false } };
  expect(new Positions(() => graph).pins(places)).toEqual(BEFORE);
});

it('what was moved stays there, though an older answer comes, until the hub has it', async () => {
  const positions = moved();
  expect(positions.pins(OLD)).toEqual(AFTER);
  const saved = positions.flush();
  await vi.waitFor(() => expect(hub).toHaveLength(1));
  expect(positions.pins(OLD)).toEqual(AFTER);
  hub[0]!.answer(Response.json({}));
  await saved;
  expect(positions.pins(OLD)).toEqual(BEFORE);
});

it('a newer move outlasts the save of an older one', async () => {
  const positions = moved();
  const saved = positions.flush();
  positions.put([box], new Map([[1, { dx: 30, dy: 0 }]]));
  await vi.waitFor(() => expect(hub).toHaveLength(1));
  hub[0]!.answer(Response.json({}));
  await saved;
  expect(positions.pins(OLD)).toEqual([{ id: 1, x: 80, y: 20 }]);
});

it('what the hub refuses goes back', async () => {
  const positions = moved();
  const saved = positions.flush();
  await vi.waitFor(() => expect(hub).toHaveLength(1));
  hub[0]!.answer(Response.json({ error: 'no', code: 'forbidden' }, { status: 403 }));
  await saved;
  expect(positions.pins(OLD)).toEqual(BEFORE);
});

it('what is unpinned at once is pinned no more, and not saved later', async () => {
  const positions = moved();
  void positions.unpin([1]);
  expect(positions.pins({})).toEqual([]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(hub.map(({ init }) => init.body)).toEqual([JSON.stringify({ positions: { 'vms-1': null } })]);
});

it('a move just before the tab is closed is sent at once, to go on without the tab', () => {
  void moved().flush(true);
  expect(hub.map(({ init }) => [init.keepalive, init.body])).toEqual([
    [true, JSON.stringify({ positions: { 'vms-1': { x: 60, y: 20, pinned: true } } })],
  ]);
});
