import { QueryClient, QueryObserver } from '@tanstack/svelte-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { keys } from '../api/queries.ts';
import type { ItemDetail, Kind, Row } from '../api/types.ts';
import { CachePatcher } from './cache.ts';

const kind = { key: 'vms', label: 'VM', label_many: 'VMs', count: 2, name_field: 'name', fields: [] } as Kind;
const row = (id: number, name: string, rev = 1) => ({ id, rev, name }) as unknown as Row;

let client: QueryClient;
let patcher: CachePatcher;
const rows = () => client.getQueryData<Row[]>(keys.rows('vms'))?.map((one) => one.name);
const answer = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
  client.setQueryData(keys.kinds, [kind]);
  client.setQueryData(keys.rows('vms'), [row(1, 'a'), row(2, 'b')]);
  patcher = new CachePatcher(client, 50);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('an event of the stream', () => {
  it('puts a changed row in the place of the old one', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => answer({ data: row(2, 'b2', 2) })),
    );
    patcher.take({ seq: 1, type: 'item', action: 'updated', kind: 'vms', id: 2 });
    await vi.advanceTimersByTimeAsync(60);
    expect(rows()).toEqual(['a', 'b2']);
  });
  it('of what sources saw has the open item read again', async () => {
    const read = vi.fn(async () => ({}) as ItemDetail);
    const stop = new QueryObserver(client, { queryKey: keys.item(2), queryFn: read }).subscribe(() => {});
    await vi.advanceTimersByTimeAsync(0);
    for (const [seq, type] of ['seen', 'drift'].entries()) {
      patcher.take({ seq, type, action: 'updated' });
      await vi.advanceTimersByTimeAsync(60);
      expect(read).toHaveBeenCalledTimes(seq + 2);
    }
    stop();
  });
  it('asks once for a row that changed many times', async () => {
    const fetched = vi.fn(async () => answer({ data: row(2, 'b9', 9) }));
    vi.stubGlobal('fetch', fetched);
    for (let seq = 0; seq < 9; seq += 1) patcher.take({ seq, type: 'item', action: 'updated', kind: 'vms', id: 2 });
    await vi.advanceTimersByTimeAsync(60);
    expect(fetched).toHaveBeenCalledTimes(1);
  });
  it('appends a new row and takes out a deleted one at once', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => answer({ data: row(3, 'c') })),
    );
    patcher.take({ seq: 1, type: 'item', action: 'created', kind: 'vms', id: 3 });
    await vi.advanceTimersByTimeAsync(60);
    expect(rows()).toEqual(['a', 'b', 'c']);
    patcher.take({ seq: 2, type: 'item', action: 'deleted', kind: 'vms', id: 1 });
    expect(rows()).toEqual(['b', 'c']);
  });
  it('of a scan has scans read again, and nothing of the journal', async () => {
    const reads = { scans: vi.fn(async () => []), drift: vi.fn(async () => []) };
    const watch = (name: keyof typeof reads) =>
      new QueryObserver(client, { queryKey: keys[name], queryFn: reads[name] }).subscribe(() => {});
    const stops = [watch('scans'), watch('drift')];
    await vi.advanceTimersByTimeAsync(1);
    patcher.take({ seq: 1, type: 'scan', id: 7 });
    await vi.advanceTimersByTimeAsync(200);
    expect([reads.scans, reads.drift].map((read) => read.mock.calls.length)).toEqual([2, 1]);
    for (const stop of stops) stop();
  });
  it('of many that went has who answers read again once', async () => {
    const read = vi.fn(async () => []);
    const query = { queryKey: [...keys.reachability, 'now'], queryFn: read, staleTime: Infinity };
    const stop = new QueryObserver(client, query).subscribe(() => {});
    await vi.advanceTimersByTimeAsync(1);
    for (let id = 1; id < 40; id += 1) patcher.take({ seq: id, type: 'reach', kind: 'vms', id });
    await vi.advanceTimersByTimeAsync(60);
    expect(read).toHaveBeenCalledTimes(2);
    stop();
  });
  it('leaves the rows alone when the changed one is gone by the time it is asked for', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => answer({ error: 'gone', code: 'not_found' }, 404)),
    );
    patcher.take({ seq: 1, type: 'item', action: 'updated', kind: 'vms', id: 2 });
    await vi.advanceTimersByTimeAsync(60);
    expect(rows()).toEqual(['a', 'b']);
  });
  it('reads a list again as a whole after a flood', async () => {
    const fetched = vi.fn(async () => answer({ data: [] }));
    vi.stubGlobal('fetch', fetched);
    for (let id = 100; id < 140; id += 1) patcher.take({ seq: id, type: 'item', action: 'created', kind: 'vms', id });
    await vi.advanceTimersByTimeAsync(60);
    expect(fetched).not.toHaveBeenCalled();
    expect(client.getQueryState(keys.rows('vms'))?.isInvalidated).toBe(true);
  });
});

describe('an open page of an item', () => {
  const watch = (id: number) => {
    const read = vi.fn(async () => ({ id }));
    const stop = new QueryObserver(client, { queryKey: keys.item(id), queryFn: read, staleTime: Infinity }).subscribe(
      () => {},
    );
    return { read, stop };
  };
  it('does not ask what depends on an item that was deleted', async () => {
    const read = vi.fn(async () => ({}));
    const key = { queryKey: keys.impact(2), queryFn: read, staleTime: Infinity };
    const stop = new QueryObserver(client, key).subscribe(() => {});
    await vi.advanceTimersByTimeAsync(1);
    patcher.take({ seq: 1, type: 'item', action: 'deleted', kind: 'vms', id: 2 });
    await vi.advanceTimersByTimeAsync(60);
    expect(read).toHaveBeenCalledTimes(1);
    patcher.take({ seq: 2, type: 'item', action: 'created', kind: 'vms', id: 2 });
    await vi.advanceTimersByTimeAsync(60);
    expect(read.mock.calls.length).toBeGreaterThan(1);
    stop();
  });
  it('reads the links again when one changed, but not of an item that was deleted with them', async () => {
    const kept = watch(1);
    const gone = watch(2);
    await vi.advanceTimersByTimeAsync(1);
    patcher.take({ seq: 1, type: 'link', action: 'deleted', id: 9 });
    patcher.take({ seq: 2, type: 'item', action: 'deleted', kind: 'vms', id: 2 });
    await vi.advanceTimersByTimeAsync(60);
    expect(kept.read).toHaveBeenCalledTimes(2);
    expect(gone.read).toHaveBeenCalledTimes(1);
    for (const { stop } of [kept, gone]) stop();
  });
});

describe('a write of this page', () => {
  it('shows in the open item at once, with what else is known of it', () => {
    vi.stubGlobal('fetch', vi.fn());
    client.setQueryData(keys.item(2), { kind: 'vms', row: row(2, 'b'), children: [] } as unknown as ItemDetail);
    patcher.placed(kind, row(2, 'b2', 2));
    expect(client.getQueryData(keys.item(2))).toEqual({ kind: 'vms', row: row(2, 'b2', 2), children: [] });
    expect(rows()).toEqual(['a', 'b2']);
  });
});
