/** Records of the audit log as calls: what was asked, with what became of it. */
import type { AuditPhase, AuditRecord } from '../api/audit.ts';
import { told } from '../changes.ts';
import type { Mark } from '../ui/StateMark.svelte';

export interface Call {
  /** The number of the record that began it. */
  key: number;
  /** The newest record, which says how it stands. */
  last: AuditRecord;
  /** Oldest first. */
  records: AuditRecord[];
}

/** Newest first, as the records are. Of a call whose beginning is not among them, the beginning is missing. */
export function calls(records: readonly AuditRecord[]): Call[] {
  const byKey = new Map<number, AuditRecord[]>();
  for (const record of records) {
    const key = record.intent ?? record.seq;
    byKey.set(key, [...(byKey.get(key) ?? []), record]);
  }
  return [...byKey].map(([key, newestFirst]) => ({
    key,
    last: newestFirst[0]!,
    records: newestFirst.toReversed(),
  }));
}

interface Look {
  word: string;
  mark: Mark;
  /** It is told apart from what went as it should. */
  tone?: 'bad' | 'warn';
}
export const PHASES: Record<AuditPhase, Look> = {
  asked: { word: 'Asked', mark: 'unknown' },
  approved: { word: 'Approved', mark: 'ok' },
  done: { word: 'Done', mark: 'ok' },
  failed: { word: 'Failed', mark: 'bad', tone: 'bad' },
  refused: { word: 'Refused', mark: 'off', tone: 'warn' },
  interrupted: { word: 'Interrupted', mark: 'warn', tone: 'warn' },
  sealed: { word: 'Sealed', mark: 'off' },
  recovered: { word: 'Recovered', mark: 'warn', tone: 'warn' },
  alarmed: { word: 'Alarm', mark: 'bad', tone: 'bad' },
};
export const phaseOf = (phase: string): Look => PHASES[phase as AuditPhase] ?? { word: phase, mark: 'unknown' };

/** What it was, in a sentence: what was done, or what was wanted and did not come about. */
export function sentence({ last, records }: Call): string {
  const said = (field: 'did' | 'plan') => records.map((record) => record.summary?.[field]).find(Boolean);
  const [did, plan, op] = [said('did'), said('plan'), last.op.replaceAll('_', ' ')];
  if (did) return told(did);
  if (OWN[last.phase]) return OWN[last.phase]!;
  if (!UNDONE.has(last.phase)) return op;
  return plan ? `asked to ${plan}` : `asked for ${op}`;
}
/** What the log notes about itself. */
const OWN: Partial<Record<string, string>> = {
  sealed: 'closed a file of the mirror',
  recovered: 'mended the mirror after a crash',
  alarmed: 'noticed something that should not be',
};
const UNDONE = new Set<string>(['asked', 'approved', 'failed', 'refused', 'interrupted']);

/** Why it did not come about. */
export const trouble = ({ last }: Call): string | null => last.summary?.error ?? null;
