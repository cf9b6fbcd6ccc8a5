import { describe, expect, it } from 'vitest';

import {
  ago,
  bytes,
  day,
  duration,
  exact,
  humanise,
  inSentence,
  instant,
  isAddress,
  plain,
  plural,
  sourceName,
  withUnit,
} from './format.ts';
import { marked } from './marks.ts';
import { parentLabel } from './parents.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

describe('times', () => {
  it('takes stamps without a zone as UTC', () => {
    expect(instant('2026-11-22T12:00:00.123456').getTime()).toBe(NOW + 123);
    expect(instant('2026-11-22 12:00:00').getTime()).toBe(NOW);
    expect(instant('2026-11-22T13:00:00+01:00').getTime()).toBe(NOW);
  });
  it.each([
    ['2026-11-22T11:59:40', 'now'],
    ['2026-11-22T11:57:00', '3 min'],
    ['2026-11-22T05:00:00', '7 h'],
    ['2026-11-19T12:00:00', '3 d'],
    ['2026-08-22T12:00:00', '3 mo'],
    ['2023-11-22T12:00:00', '3 y'],
    ['2026-11-25T12:00:00', 'in 3 d'],
    ['never', 'never'],
  ])('%s was %s ago', (stamp, text) => {
    expect(ago(stamp, NOW)).toBe(text);
  });
  it('does not hide a stamp that it cannot read', () => {
    expect(exact('soon')).toBe('soon');
  });
  it('names days', () => {
    const noon = new Date(2026, 10, 22, 12);
    const stamp = (days: number) => new Date(2026, 10, 22 - days, 12).toISOString();
    expect([day(stamp(0), noon), day(stamp(1), noon)]).toEqual(['Today', 'Yesterday']);
    expect(day(stamp(2), noon)).toMatch(/20/);
  });
  it('measures in the largest fitting unit', () => {
    expect([duration(12), duration(5400), duration(86_400 * 9)]).toEqual(['12 s', '2 h', '9 d']);
  });
});

describe('values', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1536, '1.5 KiB'],
    [8 * 1024 ** 3, '8 GiB'],
  ])('%i bytes are %s', (value, text) => {
    expect(bytes(value)).toBe(text);
  });
  it('reads as one line, whatever the value', () => {
    expect([null, undefined, true, 0, 'x', ['a', null, 'b'], { a: 1 }].map(plain)).toEqual([
      '',
      '',
      'Yes',
      '0',
      'x',
      'a, b',
      '{"a":1}',
    ]);
  });
  it('counts in words', () => {
    expect([plural(1, 'item'), plural(1200, 'item'), plural(2, 'entry', 'entries')]).toEqual([
      '1 item',
      '1,200 items',
      '2 entries',
    ]);
    expect([withUnit(12, 'GB'), withUnit(12, null)]).toEqual(['12 GB', '12']);
  });
  it('turns names into labels and labels into words', () => {
    expect([humanise('ram_gb'), humanise('hardware_id'), inSentence('Document'), inSentence('VM')]).toEqual([
      'Ram gb',
      'Hardware',
      'document',
      'VM',
    ]);
    expect([sourceName('proxmox:pve'), sourceName('scan:10.0.0.0/24')]).toEqual([
      'Proxmox pve',
      'Discovery 10.0.0.0/24',
    ]);
  });
  it('finds the common question of several parent fields', () => {
    const fields = (...labels: string[]) => labels.map((label) => ({ label }) as never);
    expect(parentLabel(fields('Runs on hardware', 'Runs on VM'))).toBe('Runs on');
    expect(parentLabel(fields('Storage'))).toBe('Storage');
    expect(parentLabel(fields('A', 'B'))).toBe('Stands on');
  });
});

describe('marks of a hit', () => {
  it('become parts, never markup', () => {
    expect(marked('old \ue000nas\ue001 <b>box</b>')).toEqual([
      { text: 'old ', hit: false },
      { text: 'nas', hit: true },
      { text: ' <b>box</b>', hit: false },
    ]);
    expect(marked('')).toEqual([]);
  });
});

describe('addresses', () => {
  it.each(['10.0.20.5', '10.0.20.0/24', 'fe80::1', 'bc:24:11:5a:0e:91', '10.20.20.53, 10.20.20.54', '2001:db8::/32'])(
    'knows %s',
    (text) => expect(isAddress(text)).toBe(true),
  );
  it.each(['', 'Debian 13.1', '8096', '1.2.3', 'nas.lab.example', 'a: b', 'since 10:30'])(
    'does not take %s for one',
    (text) => expect(isAddress(text)).toBe(false),
  );
});
