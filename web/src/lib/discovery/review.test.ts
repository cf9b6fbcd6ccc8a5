import { describe, expect, it } from 'vitest';

import type { ReviewedHost } from '../api/discovery.ts';
import { input, isTaken, verb } from './review.ts';

const item = { id: 5, kind: 'vms', name: 'web' };
const reviewed = (more: Partial<ReviewedHost> = {}, url: string | null = null): ReviewedHost =>
  ({
    found: { ip: '10.0.0.2', url },
    proposal: { ip: '10.0.0.2', type: 'misc', name: 'printer', notes: 'Found by a scan', mac: 'aa:bb:cc:dd:ee:ff' },
    ...more,
  }) as ReviewedHost;

describe('what goes in', () => {
  const fresh = reviewed();
  const known = reviewed({ known: { item, by: 'mac' } });
  const named = reviewed({ known: { item, by: 'name' } });
  const broken = reviewed({ problem: 'name is too long' });
  it('is what is new, unless somebody chose', () => {
    expect([fresh, known, named, broken].map((host) => isTaken(host, undefined, null))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
  it('is what was chosen in the table, known ones too', () => {
    const picked = new Set(['10.0.0.2']);
    expect([fresh, known, named, broken].map((host) => isTaken(host, undefined, picked))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isTaken(fresh, undefined, new Set())).toBe(false);
  });
  it('is in the end what the boxes say', () => {
    expect(isTaken(fresh, { taken: false }, new Set(['10.0.0.2']))).toBe(false);
    expect([known, named, broken].map((host) => isTaken(host, { taken: true }, null))).toEqual([true, false, true]);
  });
});

describe('what is sent', () => {
  it('is the proposal with what was edited', () => {
    expect(input(reviewed(), { name: ' label printer ', kind: 'hardware' })).toEqual({
      ip: '10.0.0.2',
      type: 'hardware',
      name: 'label printer',
      notes: 'Found by a scan',
      mac: 'aa:bb:cc:dd:ee:ff',
    });
    expect(input(reviewed(), { name: '  ' }).name).toBe('printer');
  });
  it('takes the page along where somebody makes an app of it', () => {
    const host = reviewed({}, 'https://10.0.0.2:8443/');
    expect(input(host, { kind: 'apps' })).toMatchObject({ type: 'apps', port: 8443, https: true });
    expect(input(reviewed({}, 'http://10.0.0.2:80/'), { kind: 'apps' })).toMatchObject({ port: 80, https: false });
    expect(input(host, { kind: 'vms' })).not.toHaveProperty('port');
  });
});

it('the button says what it will do', () => {
  expect([verb(1, 0), verb(3, 0), verb(0, 2), verb(3, 1)]).toEqual([
    'Import 1 new host',
    'Import 3 new hosts',
    'Note 2 known hosts',
    'Import 3 new and note 1 known host',
  ]);
});
