import { afterEach, describe, expect, it, vi } from 'vitest';

import type { Row } from '../api/types.ts';
import { valuesOf, valueText } from '../table/filters.ts';
import {
  certificateColumns,
  certificateRows,
  inShort,
  outageColumns,
  outageRows,
  watchColumns,
  watchRows,
} from './board.ts';
import { checkNow } from './check.ts';
import { lengthOf, pieces, type Stretch } from './past.ts';
import { reachOf } from './state.ts';
import type { Standing } from './watch.svelte.ts';
import { how, hostOf, mayAnswer, shareText, told } from './words.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 28, 12);
/** A stamp as the hub writes it, so many minutes after noon. */
const at = (minutes: number) => new Date(NOON + minutes * MINUTE).toISOString().replace('Z', '000');
const standing = (id: number, name: string, more: Partial<Standing> = {}): Standing => ({
  item: { id, name, kind: 'vms' },
  alive: true,
  since: at(-60),
  seen_at: at(0),
  method: 'icmp',
  latency_ms: 0.42,
  ...more,
});

describe('whether an item is up', () => {
  it('is what the last look found, while looks go on', () => {
    expect(reachOf(standing(1, 'a'), 5, NOON + MINUTE)).toBe('up');
    expect(reachOf(standing(1, 'a', { alive: false }), 5, NOON + MINUTE)).toBe('down');
  });
  it('is not known after three rounds without a look, nor where nothing is watched any more', () => {
    expect(reachOf(standing(1, 'a'), 5, NOON + 14 * MINUTE)).toBe('up');
    expect(reachOf(standing(1, 'a'), 5, NOON + 15 * MINUTE)).toBe('unknown');
    expect(reachOf(standing(1, 'a'), null, NOON)).toBe('unknown');
  });
  it('outlasts a slow round of a hub that looks every minute', () => {
    expect(reachOf(standing(1, 'a'), 1, NOON + 9 * MINUTE)).toBe('up');
  });
  it('is no question of what was never asked', () => {
    expect(reachOf(undefined, 5, NOON)).toBeNull();
  });
});

describe('in words', () => {
  it('an answer is told with what gave it and how long that took', () => {
    expect(how(standing(1, 'a'))).toBe('by ping in 0.4 ms');
    expect(how({ method: 'tcp:443', latency_ms: 12.6 })).toBe('by TCP port 443 in 13 ms');
    expect(how({ method: 'tcp:22', latency_ms: null })).toBe('by TCP port 22');
    expect(how({ method: 'none', latency_ms: null })).toBe('');
  });
  it('what nobody looks at any more is not told as up', () => {
    expect(told(standing(1, 'a'), 'up')).toMatch(/^Up since .*, answers by ping in 0\.4 ms\. Looked at /);
    expect(told(standing(1, 'a', { alive: false }), 'down')).toMatch(/^Down since /);
    expect(told(standing(1, 'a'), 'unknown')).toMatch(/^Not looked at since .* It answered then\.$/);
  });
  it('only what never failed is 100 %', () => {
    expect([1, 0.99999, 0.9996, 0.5, 0.0004, 0].map(shareText)).toEqual([
      '100 %',
      '99.9 %',
      '99.9 %',
      '50 %',
      '0 %',
      '0 %',
    ]);
  });
  it('an item is asked at its first address, else by its name', () => {
    const row = (more: object) => ({ addresses: [], ...more }) as unknown as Row;
    expect(hostOf(row({ addresses: [{ ip: null }, { ip: '10.0.0.2' }], hostname: 'nas' }))).toBe('10.0.0.2');
    expect(hostOf(row({ hostname: 'nas' }))).toBe('nas');
    expect([mayAnswer('vms', row({ hostname: 'nas' })), mayAnswer('vms', row({}))]).toEqual([true, false]);
    expect(mayAnswer('shares', row({ hostname: 'nas' }))).toBe(false);
  });
});

describe('a stretch of time', () => {
  const past: Stretch[] = [
    { alive: true, since: at(-10), seen_at: at(-1) },
    { alive: false, since: at(-20), until: at(-10), seen_at: at(-11) },
    { alive: true, since: at(-90), until: at(-40), seen_at: at(-40) },
  ];
  const drawn = (lasting: boolean) =>
    pieces(past, NOON - 60 * MINUTE, NOON, lasting).map((one) => [
      one.state,
      (one.from - NOON) / MINUTE,
      (one.to - NOON) / MINUTE,
    ]);
  it('is covered from its beginning to its end, and where nobody looked that is a piece too', () => {
    expect(drawn(true)).toEqual([
      ['up', -60, -40],
      ['none', -40, -20],
      ['down', -20, -10],
      ['up', -10, 0],
    ]);
  });
  it('ends with the last look where nobody looks any more', () => {
    expect(drawn(false).slice(-2)).toEqual([
      ['up', -10, -1],
      ['none', -1, 0],
    ]);
  });
  it('without any look is one empty piece', () => {
    expect(pieces([], 0, 10, true)).toEqual([{ state: 'none', from: 0, to: 10 }]);
  });
  it('is measured by what was watched', () => {
    const all = pieces(past, NOON - 60 * MINUTE, NOON, true);
    expect([lengthOf(all, 'up', 'down'), lengthOf(all, 'down')]).toEqual([40 * 60, 10 * 60]);
  });
});

describe('the board', () => {
  const all = [
    standing(1, 'nas10'),
    standing(2, 'nas9'),
    standing(3, 'zoo', { alive: false, latency_ms: 3, method: 'none' }),
    standing(4, 'old', { seen_at: at(-600) }),
  ];
  const rows = watchRows(all, (id) => reachOf(all[id - 1], 5, NOON));
  it('has the silent first, then what is not known, then by name', () => {
    expect(rows.map((row) => row.name)).toEqual(['zoo', 'old', 'nas9', 'nas10']);
    expect(inShort(rows)).toBe('1 of 4 down, 1 not known');
    expect(inShort(rows.slice(2))).toBe('2 of 2 answer');
  });
  it('gives no latency of what does not answer', () => {
    const columns = watchColumns((kind) => kind);
    const text = (id: string) => columns.find((column) => column.id === id)!.text(rows[0]!);
    expect([text('health'), text('latency_ms'), text('method')]).toEqual(['Down', '', '']);
  });
  it('counts an outage that lasts until now, and sorts it last by its end', () => {
    const item = { id: 1, name: 'nas', kind: 'vms' };
    const [lasting, over] = outageRows(
      [
        { item, since: at(-30) },
        { item, since: at(-90), until: at(-80) },
      ],
      NOON,
    );
    expect([lasting!.length, over!.length]).toEqual([1800, 600]);
    expect(lasting!.id).not.toBe(over!.id);
    const end = outageColumns((kind) => kind).find((column) => column.id === 'until')!;
    expect([end.text(lasting!), Number(end.key(lasting!)) > Number(end.key(over!))]).toEqual(['Still down', true]);
    expect([lasting, over].map((row) => valuesOf(end, row!))).toEqual([['lasts'], [at(-80)]]);
  });
  it('tells certificates of one item apart by their ports', () => {
    const one = { item: { id: 1, name: 'proxy', kind: 'apps' }, port: 443, not_after: 0 } as Parameters<
      typeof certificateRows
    >[0][number];
    expect(new Set(certificateRows([one, { ...one, port: 8443 }]).map((row) => row.id)).size).toBe(2);
  });
  it('filters certificates by how they stand, which no language and no day changes', () => {
    const [row] = certificateRows([
      { item: { id: 1, name: 'proxy', kind: 'apps' }, port: 443, not_after: 0, status: 'warn', words: 'in 6 days' },
    ] as unknown as Parameters<typeof certificateRows>[0]);
    const ends = certificateColumns().find((column) => column.id === 'ends')!;
    expect([ends.text(row!), valuesOf(ends, row!), valueText(ends, 'warn')]).toEqual([
      'in 6 days',
      ['warn'],
      'Warning',
    ]);
  });
});

describe('asking now', () => {
  afterEach(() => vi.unstubAllGlobals());
  const answers: Record<string, unknown> = {
    '/api/health-check': { data: { '10.0.0.2': { alive: true, method: 'icmp', latency_ms: 0.4 } }, count: 1 },
    '/api/probe/tcp': { reachable: false, latencyMs: 1, reason: 'refused' },
  };
  const hub = () => {
    const asked: [string, unknown][] = [];
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      asked.push([path, JSON.parse(init.body as string)]);
      return Response.json(answers[path]);
    });
    return asked;
  };
  const row = { addresses: [{ ip: '10.0.0.2' }], port: 3000 } as unknown as Row;
  it('knocks at the port of a service besides its host', async () => {
    const asked = hub();
    expect(await checkNow('apps', row)).toEqual([
      { good: true, text: '10.0.0.2 answers by ping in 0.4 ms' },
      { good: false, text: 'Port 3000 takes no connections: refused' },
    ]);
    expect(asked).toEqual([
      ['/api/health-check', { hosts: ['10.0.0.2'] }],
      ['/api/probe/tcp', { host: '10.0.0.2', port: 3000 }],
    ]);
  });
  it('is content with any sign of life of everything else', async () => {
    const asked = hub();
    expect((await checkNow('hardware', row)).map((one) => one.good)).toEqual([true]);
    expect(asked).toHaveLength(1);
  });
});
