import { expect, it } from 'vitest';

import type { Approval } from '../api/approvals.ts';
import { facts, headline } from './approvals.ts';
import { countdown, secondsLeft, stateAt } from './time.ts';

const AT = Date.UTC(2026, 10, 28, 12, 0, 0);
const waiting = { state: 'pending', expires_at: '2026-11-28T12:04:32.000000' } as Approval;

it('the time that is left is told to the second', () => {
  expect(secondsLeft(waiting, AT)).toBe(272);
  expect(countdown(272)).toBe('4:32');
  expect(countdown(9)).toBe('0:09');
  expect(countdown(2 * 3600 + 125)).toBe('2 h 2 min');
});

it('a call whose time is up counts as expired before the hub says so, but a decided one stays decided', () => {
  expect(stateAt(waiting, AT + 271_999)).toBe('pending');
  expect(stateAt(waiting, AT + 272_000)).toBe('expired');
  expect(stateAt({ ...waiting, state: 'done' }, AT + 999_000)).toBe('done');
});

it('the title of a command says where, and the command stands elsewhere', () => {
  const plan = { verdict: 'approve' as const, reasons: [] };
  const summary = 'run on CT 104 (db) on pve2: echo a: b\nrm x';
  expect(headline({ ...plan, summary, details: { command: 'echo a: b\nrm x' } })).toBe('Run on CT 104 (db) on pve2');
  expect(headline({ ...plan, summary: 'stop VM 201', details: { vmid: 201 } })).toBe('Stop VM 201');
});

it('facts are what has no place of its own, those of small objects beside what they are of', () => {
  const details = {
    ...{ vmid: 101, diskUsed: 'ab', command: 'uptime', lock: '' },
    snapshot: { name: 'mcp-1', made: '2026-11-01' },
    backups: [{ storage: 'nas', age: '6 h' }, { storage: 'pbs' }],
  };
  expect(facts(details).map(({ label, text }) => `${label}: ${text}`)).toEqual([
    'Vmid: 101',
    'Disk used: ab',
    'Snapshot name: mcp-1',
    'Snapshot made: 2026-11-01',
    'Backups: nas · 6 h; pbs',
  ]);
});
