/** Waiting calls as people read them: states in words, and the facts that nothing else shows. */
import type { ApprovalState, PlanDetails, PlanShown } from '../api/approvals.ts';
import { humanise, plain } from '../format.ts';
import type { Mark } from '../ui/StateMark.svelte';

export const STATES: Record<ApprovalState, { word: string; mark: Mark; tone: 'ok' | 'warn' | 'bad' | 'off' | 'ai' }> = {
  pending: { word: 'Waits for you', mark: 'paused', tone: 'ai' },
  running: { word: 'Being done', mark: 'unknown', tone: 'ai' },
  done: { word: 'Done', mark: 'ok', tone: 'ok' },
  failed: { word: 'Failed', mark: 'bad', tone: 'bad' },
  denied: { word: 'Denied', mark: 'off', tone: 'off' },
  expired: { word: 'Expired', mark: 'off', tone: 'off' },
  interrupted: { word: 'Interrupted', mark: 'warn', tone: 'warn' },
};

/** What it would do, as a title. A command stands below with its marks, so the title only says where. */
export function headline({ summary, details }: PlanShown): string {
  const where = details?.command === undefined ? summary : summary.replace(/^(run on [^:]+):[^]*$/, '$1');
  return where.charAt(0).toUpperCase() + where.slice(1);
}

/** Details that have a place of their own on the card. */
const SHOWN = new Set([
  ...['command', 'decoded', 'reasons', 'undecidable', 'dependants', 'files', 'changes', 'diff', 'diffTruncated'],
  ...['addedLines', 'removedLines', 'path', 'resolved', 'undo', 'isNewFile', 'note', 'largeChangeReason'],
  ...['isLargeChange', 'item', 'change', 'place', 'sha256Before', 'sha256After', 'prevBytes', 'newBytes'],
]);

export interface PlanFact {
  label: string;
  text: string;
}

/** What a plan says that nothing else of the card shows: single values, and those of small objects beside what they are of. */
export const facts = (details: PlanDetails | null): PlanFact[] =>
  Object.entries(details ?? {})
    .filter(([name]) => !SHOWN.has(name) && !(name === 'cluster' && details?.place))
    .flatMap(([name, value]) => told(name, value));

function told(name: string, value: unknown): PlanFact[] {
  if (isObject(value)) return Object.entries(value).flatMap(([part, inner]) => told(`${name} ${part}`, inner));
  const text = Array.isArray(value) ? value.map(line).filter(Boolean).join('; ') : plain(value);
  return text === '' ? [] : [{ label: humanise(spaced(name)), text }];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const line = (value: unknown): string =>
  isObject(value) ? Object.values(value).map(plain).filter(Boolean).join(' · ') : plain(value);

/** "sha256Before" → "sha256 before" */
const spaced = (name: string) =>
  name.replace(/([a-z\d])([A-Z])/g, (_, one: string, two: string) => `${one} ${two.toLowerCase()}`);
