import { describe, expect, it } from 'vitest';

import { addressKey, natural } from './natural.ts';
import { formatSort, parseSort, TableState, type Column } from './table.svelte.ts';

interface Guest {
  id: number;
  name: string;
  ip: string | null;
  ram: number | null;
}
const guests: Guest[] = [
  { id: 1, name: 'pve-10', ip: '10.0.10.2', ram: 8 },
  { id: 2, name: 'pve-9', ip: '10.0.2.10', ram: null },
  { id: 3, name: 'Alpha', ip: null, ram: 8 },
  { id: 4, name: 'pve-2', ip: '9.9.9.9', ram: 4 },
];
const columns: Column<Guest>[] = [
  { id: 'name', key: (guest) => natural(guest.name) },
  { id: 'ip', key: (guest) => (guest.ip ? addressKey(guest.ip) : null) },
  { id: 'ram', key: (guest) => guest.ram },
];
const ids = (table: TableState<Guest>, rows = guests) => table.apply(rows, guests, columns).map((guest) => guest.id);

describe('sorting', () => {
  it('orders names as people count', () => {
    const table = new TableState<Guest>();
    table.toggle('name');
    expect(ids(table)).toEqual([3, 4, 2, 1]);
  });
  it('orders addresses by number and keeps the unknown last both ways', () => {
    const table = new TableState<Guest>();
    table.toggle('ip');
    expect(ids(table)).toEqual([4, 2, 1, 3]);
    table.toggle('ip');
    expect(ids(table)).toEqual([1, 2, 4, 3]);
  });
  it('keeps equal rows in their order, upwards and downwards', () => {
    const table = new TableState<Guest>();
    table.toggle('ram');
    expect(ids(table)).toEqual([4, 1, 3, 2]);
    table.toggle('ram');
    expect(ids(table)).toEqual([1, 3, 4, 2]);
  });
  it('gives the original order back on the third press', () => {
    const table = new TableState<Guest>();
    for (let i = 0; i < 3; i += 1) table.toggle('name');
    expect(ids(table)).toEqual([1, 2, 3, 4]);
  });
  it('breaks ties with a second column', () => {
    const table = new TableState<Guest>();
    table.toggle('ram');
    table.toggle('name', true);
    expect(ids(table)).toEqual([4, 3, 1, 2]);
  });
  it('sorts a part of the rows with the keys of all', () => {
    const table = new TableState<Guest>();
    table.toggle('name');
    expect(ids(table, [guests[0]!, guests[1]!])).toEqual([2, 1]);
  });
  it('survives the way through the URL', () => {
    const sort = parseSort('-ram,name');
    expect(sort).toEqual([
      { id: 'ram', desc: true },
      { id: 'name', desc: false },
    ]);
    expect(formatSort(sort)).toBe('-ram,name');
    expect(formatSort([])).toBeNull();
  });
});

describe('natural order', () => {
  it.each([
    ['a2', 'a10'],
    ['A1', 'b1'],
    ['pve-9', 'pve-10'],
    ['1.9', '1.10'],
  ])('%s comes before %s', (a, b) => {
    expect(natural(a) < natural(b)).toBe(true);
  });
  it.each([
    ['10.0.2.10', '10.0.10.2'],
    ['9.255.255.255', '10.0.0.0'],
    ['10.0.0.1', 'fe80::1'],
    ['10.0.0.0/16', '10.0.0.0/24'],
    ['10.0.0.1', 'printer'],
  ])('address %s comes before %s', (a, b) => {
    expect(addressKey(a) < addressKey(b)).toBe(true);
  });
});

describe('selection', () => {
  it('takes the range between the last row and this one, in the order shown', () => {
    const table = new TableState<Guest>();
    table.pick(3);
    table.pickTo(2, table.apply(guests, guests, columns));
    expect([...table.selected].sort()).toEqual([2, 3]);
  });
  it('lets go of rows that are gone', () => {
    const table = new TableState<Guest>();
    table.pickAll(guests);
    table.keep(guests.slice(1));
    expect(table.selected.has(1)).toBe(false);
    expect(table.selected.size).toBe(3);
  });
  it('selecting all a second time selects none', () => {
    const table = new TableState<Guest>();
    table.pickAll(guests);
    table.pickAll(guests);
    expect(table.selected.size).toBe(0);
  });
});
