import { expect, it } from 'vitest';

import { parsePlace, placeName } from './places.ts';

it('a place is read as the hub writes it', () => {
  expect(parsePlace('pct:home/101')).toMatchObject({ kind: 'pct', cluster: 'home', vmid: 101, node: null });
  expect(parsePlace('host:home/pve1')).toMatchObject({ kind: 'host', node: 'pve1', vmid: null });
  expect(['pct:home/dns', 'lxc:home/1', 'host:home', '', 'qm:a/b/1'].map(parsePlace)).toEqual(Array(5).fill(null));
});
it('and told in words', () => {
  expect(placeName('qm:home/102')).toBe('VM 102 in home');
  expect(placeName('elsewhere')).toBe('elsewhere');
});
