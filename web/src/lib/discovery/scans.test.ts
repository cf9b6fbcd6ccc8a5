import { afterEach, describe, expect, it, vi } from 'vitest';

import { isAtWork, readScan, type ScanShown } from '../api/discovery.ts';
import { progress, took } from './scans.ts';

const shown = (more: Partial<ScanShown>, ...ips: string[]) =>
  ({ id: 3, state: 'running', next_after: ips.length, hosts: ips.map((ip) => ({ ip })), ...more }) as ScanShown;

afterEach(() => vi.unstubAllGlobals());

function hub(...answers: ScanShown[]) {
  const asked: string[] = [];
  vi.stubGlobal(
    'fetch',
    vi.fn(async (address: string) => {
      asked.push(address);
      return new Response(JSON.stringify(answers.shift()));
    }),
  );
  return asked;
}

describe('a scan that is read', () => {
  it('is read whole the first time', async () => {
    const asked = hub(shown({}, 'a'));
    expect((await readScan(3)).hosts).toHaveLength(1);
    expect(asked).toEqual(['/api/discovery/jobs/3']);
  });
  it('is asked only for what was found since, while it is at work', async () => {
    const asked = hub(shown({ next_after: 3 }, 'c'));
    const next = await readScan(3, shown({}, 'a', 'b'));
    expect(asked).toEqual(['/api/discovery/jobs/3?after=2']);
    expect([next.hosts.map((host) => host.ip), next.next_after]).toEqual([['a', 'b', 'c'], 3]);
  });
  it('is read whole when it ended meanwhile, for what it seemed to find may be otherwise', async () => {
    const asked = hub(shown({ state: 'done' }), shown({ state: 'done' }, 'a', 'c'));
    const next = await readScan(3, shown({}, 'a', 'b'));
    expect(asked).toEqual(['/api/discovery/jobs/3?after=2', '/api/discovery/jobs/3']);
    expect(next.hosts.map((host) => host.ip)).toEqual(['a', 'c']);
  });
});

it('says how long a scan took, once it is over', () => {
  const from = '2026-01-01T00:00:00.000000';
  expect(
    ['00:02.410000', '01:20.000000', '00:00.010000', '00:59.970000', '01:59.700000'].map((clock) =>
      took({ started_at: from, ended_at: `2026-01-01T00:${clock}` }),
    ),
  ).toEqual(['2.4 s', '1 min 20 s', '0.1 s', '1 min 0 s', '2 min 0 s']);
  expect(took({ started_at: from, ended_at: null })).toBe('');
});

it('is at work until it stopped', () => {
  expect((['running', 'stopping', 'done', 'interrupted'] as const).map((state) => isAtWork({ state }))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([progress({ checked: 1, total: 4 }), progress({ checked: 0, total: 0 })]).toEqual([0.25, 0]);
});
