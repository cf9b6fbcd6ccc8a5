import { describe, expect, it } from 'vitest';

import type { FoundHost, Reviewed, ScanShown, Since } from '../api/discovery.ts';
import {
  certificateText,
  certificateTone,
  doorOf,
  hostColumns,
  hostRows,
  otherwise,
  partOf,
  seenBy,
  soonest,
  turns,
  withPart,
} from './hosts.ts';
import { facet } from '../table/filters.ts';

const host = (ip: string, more: Partial<FoundHost> = {}): FoundHost => ({
  ip,
  alive: true,
  method: 'icmp',
  latency_ms: 0.4,
  hostname: null,
  open_ports: [22],
  services: { 22: 'SSH' },
  http_title: null,
  ssh_banner: null,
  fingerprint: 'SSH Host',
  confidence: 0.6,
  suggested_type: 'hardware',
  suggested_name: ip,
  ...more,
});
const since: Since = {
  scan: 1,
  new: [{ ip: '10.0.0.10', name: 'ten', label: 'SSH Host' }],
  gone: [
    { ip: '10.0.0.4', name: 'four', label: 'Grafana' },
    { ip: '10.0.0.2', name: 'old two', label: 'SSH Host' },
  ],
  moved: [{ mac: 'aa:bb:cc:dd:ee:ff', from: '10.0.0.7', to: '10.0.0.2' }],
  changed: [{ ip: '10.0.0.9', opened: [80, 443], closed: [22], was: 'SSH Host', is: 'Web Server' }],
};
const scan = (more: Partial<ScanShown> = {}): ScanShown => ({
  id: 2,
  cidr: '10.0.0.0/28',
  state: 'done',
  actor: 'me',
  started_at: '2026-01-01T00:00:00.000000',
  checked: 14,
  total: 14,
  alive: 4,
  ports: 'standard',
  hosts: [host('10.0.0.10'), host('10.0.0.9'), host('10.0.0.2'), host('10.0.0.3')],
  next_after: 4,
  ...more,
});

describe('found hosts', () => {
  it('stand by address, each with what became of it, and those that are gone come last', () => {
    const rows = hostRows(scan({ since }), undefined);
    expect(rows.map((row) => [row.id, row.turn, row.how])).toEqual([
      ['10.0.0.2', 'moved', 'Was at 10.0.0.7'],
      ['10.0.0.3', 'same', ''],
      ['10.0.0.9', 'changed', 'Opened 80, 443, closed 22, was taken for SSH Host'],
      ['10.0.0.10', 'new', 'Was not there before'],
      ['gone 10.0.0.4', 'gone', 'Was there before and does not answer'],
      ['gone 10.0.0.2', 'gone', 'Was there before and does not answer'],
    ]);
  });
  it('of the first scan are neither new nor the same', () => {
    const rows = hostRows(scan(), undefined);
    expect(rows.map((row) => row.turn)).toEqual([null, null, null, null]);
    expect(hostColumns(rows, false).find((column) => column.id === 'since')?.standard).toBe(false);
  });
  it('know the items that they are, and without a review nobody says that they are none', () => {
    const review = {
      hosts: [{ found: host('10.0.0.9'), known: { item: { id: 5, kind: 'vms', name: 'web' }, by: 'mac' } }],
    } as unknown as Reviewed;
    const texts = (reviewed: Reviewed | undefined) => {
      const rows = hostRows(scan({ since }), reviewed);
      const column = hostColumns(rows, reviewed !== undefined).find((one) => one.id === 'inventory')!;
      return rows.map(column.text).join(' ');
    };
    expect(texts(review).trim()).toBe('No No Yes No');
    expect(texts(undefined).trim()).toBe('');
  });
  it('sort by address as numbers, and by how many ports are open', () => {
    const columns = hostColumns([], true);
    const keys = (id: string) => hostRows(scan({ since }), undefined).map(columns.find((one) => one.id === id)!.key);
    expect(keys('ip')[2]! < keys('ip')[3]!).toBe(true);
    expect(keys('ports')).toEqual([1, 1, 1, 1, null, null]);
  });
});

describe('since last time', () => {
  it('a host that moved to the address of one that is gone has moved', () => {
    expect(turns(since).get('10.0.0.2')?.turn).toBe('moved');
  });
  it('a stranger at the address of one that is gone is new', () => {
    const one = (name: string) => ({ ip: '10.0.0.3', name, label: 'SSH Host' });
    const rows = hostRows(scan({ since: { ...since, new: [one('stranger')], gone: [one('old friend')] } }), undefined);
    const there = rows.filter((row) => row.id.endsWith('10.0.0.3'));
    expect(there.map((row) => [row.id, row.turn])).toEqual([
      ['10.0.0.3', 'new'],
      ['gone 10.0.0.3', 'gone'],
    ]);
  });
  it('is the same in the address and read in the language', () => {
    const column = hostColumns([], false).find((one) => one.id === 'since')!;
    expect(facet(column, hostRows(scan({ since }), undefined)).slice(0, 2)).toEqual([
      { value: 'gone', text: 'Gone', count: 2 },
      { value: 'changed', text: 'Changed', count: 1 },
    ]);
  });
  it('reads in a few words, and not at all where nothing is otherwise', () => {
    expect(otherwise(since)).toBe('1 new, 2 gone, 1 moved, 1 changed');
    expect(otherwise({ scan: 1, new: [], gone: [], moved: [], changed: [] })).toBe('');
  });
  it('its parts are filters of the address, and back', () => {
    const start = new URLSearchParams('q=web&sort=ip&since=gone');
    for (const part of ['all', 'new', 'changed', 'gone', 'unknown'] as const) {
      const query = withPart(start, part);
      expect([partOf(query), query.get('q'), query.get('sort')]).toEqual([part, 'web', 'ip']);
    }
    expect(withPart(start, 'changed').getAll('since')).toEqual(['changed', 'moved']);
    expect(partOf(new URLSearchParams('since=moved'))).toBeNull();
  });
});

describe('certificates', () => {
  const ends = (day: string) => ({ subject: 's', issuer: 'i', names: [], not_after: Date.parse(day) / 1000 });
  const now = Date.parse('2026-06-01T00:00:00Z');
  it('the one that ends first is shown', () => {
    const found = host('10.0.0.2', { certificates: { 443: ends('2027-01-01'), 8006: ends('2026-06-10') } });
    expect([soonest(found)?.port, soonest(host('10.0.0.3'))]).toEqual([8006, null]);
  });
  it('warn within thirty days and are bad once they ended', () => {
    const days = ['2026-05-20', '2026-06-20', '2026-09-01'].map(ends);
    expect(days.map((one) => certificateTone(one, now))).toEqual(['bad', 'warn', null]);
    expect(days.map((one) => certificateText(one, now))).toEqual(['ended 12 d ago', 'in 19 d', 'in 3 mo']);
    expect(certificateText(ends('2026-06-01'), now + 30_000)).toBe('ended just now');
  });
});

describe('a door for the browser', () => {
  it('is there where a page is', () => {
    const found = host('10.0.0.2', {
      url: 'http://10.0.0.2:8443/',
      certificates: { 9000: { subject: '', issuer: '', names: [], not_after: 0 } },
    });
    expect([80, 8006, 8443, 9000].map((port) => doorOf(found, port))).toEqual([
      'http://10.0.0.2:80',
      'https://10.0.0.2:8006',
      'http://10.0.0.2:8443/',
      'https://10.0.0.2:9000',
    ]);
    expect(doorOf(host('fd00::2'), 3000)).toBe('http://[fd00::2]:3000');
  });
  it('is not where shells, files or databases are', () => {
    expect([22, 445, 5432, 9100, 6053].map((port) => doorOf(host('10.0.0.2'), port))).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

it('says how a host was seen', () => {
  expect(['icmp', 'arp', 'tcp:22', 'none', 'mdns'].map(seenBy)).toEqual(['ping', 'ARP', 'TCP 22', '', 'mdns']);
});
