import { describe, expect, it } from 'vitest';

import type { Guest, GuestBackup } from '../api/proxmox.ts';
import type { Row } from '../api/types.ts';
import {
  addressOfItem,
  cpuShare,
  gapsOf,
  guestAddress,
  guestColumns,
  guestRows,
  memoryShare,
  newestBackups,
  noGuests,
  nodeAddress,
  stateText,
} from './guests.ts';

const guest = (vmid: number, more: Partial<Guest> = {}): Guest => ({
  vmid,
  name: `guest-${vmid}`,
  kind: 'containers',
  status: 'running',
  lock: '',
  node: 'pve1',
  cluster: 'home',
  tags: [],
  template: false,
  memMB: 2048,
  memUsedMB: 512,
  bootDiskGB: 8,
  cpu: 0.25,
  cores: 2,
  uptime: 60,
  operable: true,
  item: null,
  ...more,
});

describe('guests of several clusters', () => {
  const rows = guestRows([
    guest(101, { cluster: 'lab' }),
    guest(101),
    guest(9, { node: 'pve10' }),
    guest(120, { node: 'pve9' }),
  ]);
  it('stand in order of cluster, node and number', () => {
    expect(rows.map((row) => `${row.cluster}/${row.node}/${row.vmid}`)).toEqual([
      'home/pve1/101',
      'home/pve9/120',
      'home/pve10/9',
      'lab/pve1/101',
    ]);
  });
  it('are told apart though they have the same number', () => {
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  });
  it('keep their ids when a cluster is missing', () => {
    const [alone] = guestRows([guest(101, { cluster: 'lab' })]);
    expect(alone!.id).toBe(rows.find((row) => row.cluster === 'lab')!.id);
  });
  it('have nodes of one name, which are led to one by one', () => {
    expect(nodeAddress(guest(1, { node: 'pve', cluster: 'lab' }))).toBe('/proxmox?node=pve&cluster=lab');
  });
});

describe('what a guest uses', () => {
  it('is measured only while it runs', () => {
    expect([cpuShare(guest(1)), memoryShare(guest(1))]).toEqual([0.25, 0.25]);
    const off = guest(1, { status: 'stopped', cpu: 0, memUsedMB: 0 });
    expect([cpuShare(off), memoryShare(off)]).toEqual([null, null]);
    expect(memoryShare(guest(1, { memMB: null }))).toBeNull();
  });
  it('sorts what has no figure last', () => {
    const cpu = guestColumns(false).find((column) => column.id === 'cpu')!;
    const [off] = guestRows([guest(1, { status: 'stopped' })]);
    expect([cpu.key(off!), cpu.text(off!)]).toEqual([null, '']);
  });
});

describe('the newest backup of a guest', () => {
  const backup = (vmid: number, made: string | null, cluster = 'home') =>
    ({ vmid, made, cluster, archive: `${vmid} ${made}` }) as GuestBackup;
  const seen = {
    backups: [backup(1, '2026-11-01'), backup(1, '2026-11-20'), backup(2, null), backup(1, '2026-11-27', 'lab')],
    gaps: [],
  };
  it('is that of its own cluster', () => {
    expect(newestBackups(seen)({ cluster: 'home', vmid: 1 })).toEqual({ made: '2026-11-20' });
  });
  it('is there though nobody noted when it was made', () => {
    expect(newestBackups(seen)({ cluster: 'home', vmid: 2 })).toEqual({ made: null });
    const dated = { ...seen, backups: [...seen.backups, backup(1, null)].reverse() };
    expect(newestBackups(dated)({ cluster: 'home', vmid: 1 })).toEqual({ made: '2026-11-20' });
  });
  it('is none only where all of them could be seen', () => {
    expect(newestBackups(seen)({ cluster: 'home', vmid: 3 })).toBeNull();
    const gaps = [{ cluster: 'home', problem: 'not seen', remedy: '' }];
    expect(newestBackups({ ...seen, gaps })({ cluster: 'home', vmid: 3 })).toBeUndefined();
    expect(newestBackups(undefined)({ cluster: 'home', vmid: 3 })).toBeUndefined();
  });
  it('sorts a guest without one as the oldest, and an unknown one last', () => {
    const column = guestColumns(false).find(({ id }) => id === 'backup')!;
    const all = [{ made: '2026-11-20' }, null, undefined, { made: null }];
    const backupOf = ({ vmid }: Guest) => all[vmid - 1];
    const rows = guestRows([guest(1), guest(2), guest(3), guest(4)], { addressOf: () => '', backupOf });
    expect(rows.map(column.key)).toEqual([expect.any(Number), 0, null, null]);
    expect(rows.map(column.text).slice(1)).toEqual(['None', '', 'Time unknown']);
    expect(rows.map(column.words!.of)).toEqual(['2026-11-20', 'none', '', 'untold']);
  });
});

it('a guest has the address of its item, and a sheet over the list as it is filtered', () => {
  const row = { addresses: [{ ip: null }, { ip: '10.0.0.9' }], ip_address: 'x' } as unknown as Row;
  expect([addressOfItem(row), addressOfItem(undefined)]).toEqual(['10.0.0.9', '']);
  const query = new URLSearchParams('status=Running&guest=home/1');
  expect(guestAddress(guest(2), query)).toBe('/proxmox?status=Running&guest=home%2F2');
});

it('a state says what holds the guest, and is filtered by without that', () => {
  const status = guestColumns(false).find((column) => column.id === 'status')!;
  const [locked] = guestRows([guest(1, { lock: 'backup' })]);
  expect([stateText(locked!), status.text(locked!)]).toEqual(['Running, backup', 'Running']);
  expect(stateText(guest(1, { template: true, status: 'stopped' }))).toBe('Template');
});

it('that there is no guest is said only of clusters that answered', () => {
  expect(noGuests(1, 0).text).toMatch(/^There is none, or/);
  expect(noGuests(1, 1).title).toBe('The cluster could not be asked');
  expect(noGuests(2, 2).title).toBe('No cluster could be asked');
  expect(noGuests(2, 1).text).toMatch(/^There is none in the clusters that answered, or/);
});

it('a cluster is shown only where there are several', () => {
  const shown = (several: boolean) => guestColumns(several).find((column) => column.id === 'cluster')!.standard;
  expect([shown(false), shown(true)]).toEqual([false, true]);
});

it('what several answers lack is said once', () => {
  const gap = { cluster: 'home', problem: 'no route', remedy: 'look at the switch' };
  expect(gapsOf({ gaps: [gap] }, undefined, { gaps: [gap, { ...gap, cluster: 'lab' }] })).toHaveLength(2);
});
