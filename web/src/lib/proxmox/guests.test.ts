import { describe, expect, it } from 'vitest';

import type { Guest } from '../api/proxmox.ts';
import type { Row } from '../api/types.ts';
import { cpuShare, gapsOf, guestColumns, guestRows, memoryShare, stateWord } from './guests.ts';

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
  ...more,
});
const item = (id: number, vmid: number, name = `guest-${vmid}`) => ({ id, vmid, name }) as unknown as Row;
const NOTHING = { containers: [], vms: [] };

describe('guests of several clusters', () => {
  const rows = guestRows(
    [guest(101, { cluster: 'lab' }), guest(101), guest(9, { node: 'pve10' }), guest(120, { node: 'pve9' })],
    NOTHING,
  );
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
});

describe('the item of a guest', () => {
  const itemOf = (guests: Guest[], containers: Row[], vms: Row[] = []) =>
    guestRows(guests, { containers, vms }).map((row) => row.item);
  it('is the one with its number, whatever a person calls it', () => {
    expect(itemOf([guest(101)], [item(7, 101, 'renamed here'), item(8, 102)])).toEqual([7]);
  });
  it('is of its own kind', () => {
    expect(itemOf([guest(101, { kind: 'vms' })], [item(7, 101)])).toEqual([null]);
  });
  it('is the one of the same name where the number alone is in doubt', () => {
    expect(itemOf([guest(101)], [item(7, 101, 'other'), item(8, 101)])).toEqual([8]);
    expect(itemOf([guest(101), guest(101, { cluster: 'lab', name: 'dns' })], [item(7, 101)])).toEqual([7, null]);
    expect(itemOf([guest(101)], [item(7, 101), item(8, 101)])).toEqual([null]);
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
    const [off] = guestRows([guest(1, { status: 'stopped' })], NOTHING);
    expect([cpu.key(off!), cpu.text(off!)]).toEqual([null, '']);
  });
});

it('a state says what holds the guest', () => {
  expect(stateWord(guest(1, { lock: 'backup' }))).toBe('Running, backup');
  expect(stateWord(guest(1, { template: true, status: 'stopped' }))).toBe('Template');
});

it('a cluster is shown only where there are several', () => {
  const shown = (several: boolean) => guestColumns(several).find((column) => column.id === 'cluster')!.standard;
  expect([shown(false), shown(true)]).toEqual([false, true]);
});

it('what several answers lack is said once', () => {
  const gap = { cluster: 'home', problem: 'no route', remedy: 'look at the switch' };
  expect(gapsOf({ gaps: [gap] }, undefined, { gaps: [gap, { ...gap, cluster: 'lab' }] })).toHaveLength(2);
});
