/** Up, down, or not known: what a look in the background says of an item, and for how long it may be believed. */
import { instant } from '../format.ts';
import type { Mark } from '../ui/StateMark.svelte';
import type { Standing } from './watch.svelte.ts';

export type Reach = 'up' | 'down' | 'unknown';

export const WORD: Record<Reach, string> = { up: 'Up', down: 'Down', unknown: 'Unknown' };
export const MARK: Record<Reach, Mark> = { up: 'ok', down: 'bad', unknown: 'unknown' };
/** In order of how much they matter. */
export const RANK: Record<Reach, number> = { down: 0, unknown: 1, up: 2 };

/** Rounds that may go by without a look at an item before nothing is known of it any more. */
const ROUNDS = 3;
const LEAST = 10 * 60_000;

/**
 * Null for what was never asked. What was not asked for a while is neither up nor down. `now` is told by the clock of the hub,
 * for that is the one of `seen_at`.
 */
export function reachOf(
  standing: Pick<Standing, 'alive' | 'seen_at'> | undefined,
  every: number | null | undefined,
  now: number,
): Reach | null {
  if (!standing) return null;
  const fresh = !!every && now - instant(standing.seen_at).getTime() < Math.max(ROUNDS * every * 60_000, LEAST);
  return fresh ? (standing.alive ? 'up' : 'down') : 'unknown';
}
