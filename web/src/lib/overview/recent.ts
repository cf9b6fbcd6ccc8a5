/** Recent changes for a glance: who goes on saving one thing is told once. */
import type { Change } from '../api/types.ts';
import { plural } from '../format.ts';

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

/** Newest first: each list is what one went on saving. */
export function sittings(changes: readonly Change[]): Change[][] {
  const out: Change[][] = [];
  for (const change of changes) {
    const last = out.at(-1);
    if (last && goesOn(last.at(-1)!, change)) last.push(change);
    else out.push([change]);
  }
  return out;
}

/** A sitting as one change. Each of its saves is undone by itself, where it stands alone. */
export const asOne = ([newest, ...more]: Change[]): Change =>
  more.length
    ? {
        ...newest!,
        summary: `${newest!.summary}, ${plural(more.length + 1, 'save')}`,
        ...{ diff: [], files: [], revertible: false },
      }
    : newest!;

export const gathered = (changes: readonly Change[]) => sittings(changes).map(asOne);
