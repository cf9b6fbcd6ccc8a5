import { expect, it } from 'vitest';

import type { AuditRecord } from '../api/audit.ts';
import { calls, phaseOf, sentence, trouble } from './calls.ts';

const record = (seq: number, phase: string, intent: number | null, summary = {}) =>
  ({ seq, phase, intent, summary, op: 'vms_update' }) as unknown as AuditRecord;

it('what became of a call stands with what was asked, in the place of the newer', () => {
  const records = [
    record(5, 'refused', null, { plan: 'stop web', error: 'not done yet' }),
    record(4, 'done', 2, { did: 'change vm web' }),
    record(3, 'asked', null, { plan: 'delete vm db' }),
    record(2, 'asked', null, { plan: 'change vm web' }),
  ];
  const all = calls(records);
  expect(all.map((call) => [call.key, call.last.phase, call.records.map((one) => one.seq)])).toEqual([
    [5, 'refused', [5]],
    [2, 'done', [2, 4]],
    [3, 'asked', [3]],
  ]);
  expect(all.map(sentence)).toEqual(['asked to stop web', 'changed vm web', 'asked to delete vm db']);
  expect(trouble(all[0]!)).toBe('not done yet');
});

it('without a plan the operation is named, and what is done is not called wanted', () => {
  expect(sentence(calls([record(1, 'refused', null)])[0]!)).toBe('asked for vms update');
  expect(sentence(calls([record(1, 'done', null)])[0]!)).toBe('vms update');
});

it('what the log notes about itself is a sentence too', () => {
  expect(sentence(calls([record(1, 'sealed', null, { segment: 'audit-1' })])[0]!)).toBe('closed a file of the mirror');
});

it('a phase of a newer hub is named as it is', () => {
  expect(phaseOf('rewound').word).toBe('rewound');
});
