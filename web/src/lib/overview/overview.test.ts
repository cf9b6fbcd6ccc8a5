import { describe, expect, it } from 'vitest';

import type { Approval } from '../api/approvals.ts';
import type { Finding } from '../api/proxmox.ts';
import type { Change, Drift, Row } from '../api/types.ts';
import { webAddress } from '../apps.ts';
import { needs } from './attention.ts';
import { gathered, made } from './recent.ts';
import { storages, type SeenStorage } from './storages.ts';

const finding = (status: Finding['status'], section: string, text: string, more: Partial<Finding> = {}): Finding => ({
  status,
  section,
  check: section,
  finding: text,
  ...more,
});
const item = (id: number, name: string) => ({ id, name, kind: 'vms' });
const standing = (id: number, alive: boolean) => ({
  item: item(id, `vm${id}`),
  alive,
  since: '2026-11-28T10:00:00.000000',
  seen_at: '2026-11-28T11:00:00.000000',
  method: alive ? 'icmp' : 'none',
  latency_ms: null,
});
const titles = (sources: Parameters<typeof needs>[0]) => needs(sources).map((one) => one.title);

describe('what needs attention', () => {
  it('is nothing where all is well', () => {
    expect(
      needs({
        findings: [finding('ok', 'cluster', 'fine')],
        reachability: { data: [standing(1, true)], down: 0, certificates: [] },
        drift: [{ state: 'pinned' } as Drift],
        waiting: [],
      }),
    ).toEqual([]);
  });
  it('begins with who waits, then the worst', () => {
    const all = titles({
      findings: [finding('warn', 'storage', 'local is 86 % full'), finding('crit', 'cluster', 'no quorum')],
      drift: [{ state: 'open', item: item(1, 'a') } as Drift],
      waiting: [{ actor: 'claude' } as Approval],
      gaps: [{ cluster: 'home', problem: 'refused', remedy: '' }],
    });
    expect(all).toEqual([
      '1 request waits for your approval',
      'Cluster home cannot be asked',
      'No quorum',
      'local is 86 % full',
      '1 value differs from what you noted',
    ]);
  });
  it('names guests without a backup', () => {
    const detail = '100 (dns): none\n101 (web): 9 days old\n102 (a): none\n103 (b): none';
    const [need] = needs({
      findings: [finding('warn', 'backups', '4 of 9 guests have no backup', { detail, cluster: 'home' })],
    });
    expect(need!.text).toBe('home · Backups · 100 (dns): none, 101 (web): 9 days old, 102 (a): none and 1 more');
  });
  it('tells of what was not seen in one line, and never as fine', () => {
    const [need, ...more] = needs({
      findings: [
        finding('unknown', 'updates', 'x'),
        finding('unknown', 'updates', 'y'),
        finding('unknown', 'backups', 'z'),
      ],
    });
    expect([need!.level, need!.title, need!.text, more]).toEqual([
      'unknown',
      '3 checks could not be made',
      'Updates, Backups',
      [],
    ]);
  });
  it('names the first of many that are down, and counts the others', () => {
    const data = [1, 2, 3, 4, 5, 6].map((id) => standing(id, false));
    expect(titles({ reachability: { data, down: 6, certificates: [] } })).toEqual([
      'vm1 does not answer',
      'vm2 does not answer',
      'vm3 does not answer',
      '3 more do not answer',
    ]);
  });
  it('tells of certificates that end', () => {
    const ending = {
      item: item(1, 'proxy'),
      port: 443,
      subject: 'x',
      issuer: 'x',
      not_after: 0,
      names: ['*.lab.home'],
      status: 'warn' as const,
      words: 'expires in 6 days',
    };
    const [need] = needs({ reachability: { data: [], down: 0, certificates: [ending, { ...ending, status: 'ok' }] } });
    expect([need!.title, need!.text, need!.href]).toEqual([
      'Certificate of proxy expires in 6 days',
      '*.lab.home, port 443',
      '/items/1',
    ]);
  });
});

describe('storages', () => {
  const seen = (node: string, name: string, used: number | null, more: Partial<SeenStorage> = {}): SeenStorage => ({
    cluster: 'home',
    node,
    name,
    type: 'dir',
    active: true,
    shared: false,
    totalBytes: 100,
    usedBytes: used,
    ...more,
  });
  it('come fullest first, a shared one once, and only with a size', () => {
    const all = storages([
      seen('a', 'local', 20),
      seen('b', 'local', 90),
      seen('a', 'nas', 50, { shared: true }),
      seen('b', 'nas', 50, { shared: true }),
      seen('a', 'off', 10, { active: false }),
      seen('a', 'blind', null),
    ]);
    expect(all.map(({ name, where, share }) => [name, where, share])).toEqual([
      ['local', 'b', 0.9],
      ['nas', 'shared', 0.5],
      ['local', 'a', 0.2],
    ]);
  });
});

describe('recent changes', () => {
  const change = (id: number, minute: number, more: Partial<Change> = {}) =>
    ({
      id,
      at: `2026-11-28T12:${String(minute).padStart(2, '0')}:00.000000`,
      actor: 'anna',
      via: 'rest',
      op: 'inventory_update',
      summary: 'change Plan',
      items: [item(7, 'Plan')],
      diff: [],
      revertible: true,
      ...more,
    }) as Change;
  it('tell several saves of one thing once, and offer no Undo of half of it', () => {
    const [first, ...rest] = gathered([change(9, 9), change(8, 8), change(7, 7), change(6, 6, { actor: 'ben' })]);
    expect([first!.id, first!.summary, first!.revertible]).toEqual([9, 'change Plan, 3 saves', false]);
    expect(rest.map((one) => [one.id, one.revertible])).toEqual([[6, true]]);
  });
  it('keep other things apart', () => {
    const other = { items: [item(8, 'Else')] };
    expect(gathered([change(9, 9), change(8, 8, other), change(7, 7, { op: 'inventory_create' })]).length).toBe(3);
  });
  it('are told by people and by agents', () => {
    const agent = change(1, 1, { via: 'mcp' });
    expect([made(agent, 'agents'), made(agent, 'people'), made(change(2, 2), 'people'), made(agent, 'all')]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});

describe('where an app is opened', () => {
  const app = (more: object) => ({ id: 1, ...more }) as unknown as Row;
  it.each([
    [{ hostname: 'wiki.lan', port: 3000 }, 'http://wiki.lan:3000'],
    [{ hostname: 'wiki.lan', ip_address: '10.0.0.4', port: 443, https: true }, 'https://10.0.0.4:443'],
    [{ external_hostname: 'wiki.example.org', port: 3000, https: true }, 'https://wiki.example.org'],
    [{ hostname: 'db.lan', port: 5432 }, null],
    [{ port: 80 }, null],
    [{ ip_address: 'fd00::12', port: 8080 }, 'http://[fd00::12]:8080'],
    [{ ip_address: '[fd00::12]' }, 'http://[fd00::12]'],
    [{ hostname: 'https://wiki.lan', port: 8443 }, 'https://wiki.lan:8443'],
    [{ hostname: 'wiki.lan:8080/start', port: 3000 }, 'http://wiki.lan:8080/start'],
    [{ hostname: 'wiki (internal)', port: 3000 }, null],
    [{ hostname: 'https://' }, null],
  ])('%j', (row, wanted) => expect(webAddress(app(row))).toBe(wanted));
});
