/** Recent changes for a glance: who goes on saving one thing is told once. */
import type { Change } from '../api/types.ts';

export type Who = 'all' | 'people' | 'agents';

const byAgent = (change: Change) => /mcp|agent/.test(change.via);
export const made = (change: Change, who: Who) => who === 'all' || byAgent(change) === (who === 'agents');

const GAP = 30 * 60_000;
const time = (change: Change) => Date.parse(`${change.at}Z`);

const goesOn = (later: Change, change: Change) =>
  change.op === 'inventory_update' &&
  later.op === change.op &&
  later.actor === change.actor &&
  later.via === change.via &&
  change.items.length === 1 &&
  later.items.length === 1 &&
  later.items[0]!.id === change.items[0]!.id &&
  time(later) - time(change) < GAP;

/** Newest first. What is several saves is undone on the page of the thing, where each of them stands. */
export function gathered(changes: readonly Change[]): Change[] {
  const out: { newest: Change; oldest: Change; many: number }[] = [];
  for (const change of changes) {
    const last = out.at(-1);
    if (last && goesOn(last.oldest, change)) Object.assign(last, { oldest: change, many: last.many + 1 });
    else out.push({ newest: change, oldest: change, many: 1 });
  }
  return out.map(({ newest, many }) =>
    many === 1 ? newest : { ...newest, summary: `${newest.summary}, ${many} saves`, diff: [], revertible: false },
  );
}
