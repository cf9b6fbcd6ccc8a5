/** The past of an item: what is asked for, and how a stretch of time is cut into pieces that can be drawn. */
import { queryOptions } from '@tanstack/svelte-query';

import { get } from '../api/http.ts';
import { keys } from '../api/queries.ts';
import type { Ref } from '../api/types.ts';
import { instant } from '../format.ts';

export interface Stretch {
  alive: boolean;
  since: string;
  /** Absent while it lasts. */
  until?: string | null;
  /** The last look in it. */
  seen_at: string;
}

export interface Past {
  /** Newest first. */
  stretches: Stretch[];
  /** Shares of the watched time in which it answered, 0 to 1. */
  day: number | null;
  week: number | null;
  month: number | null;
}

export interface Outage {
  item: Ref;
  since: string;
  until?: string | null;
}

const MINUTE = 60_000;
const AGAIN = { staleTime: MINUTE, refetchInterval: 5 * MINUTE };

export const pastQuery = (id: number) =>
  queryOptions({
    queryKey: [...keys.reachability, 'past', id],
    queryFn: () => get<Past>(`/items/${id}/reachability`),
    ...AGAIN,
  });

export const outagesQuery = () =>
  queryOptions({
    queryKey: [...keys.reachability, 'outages'],
    queryFn: async () =>
      (await get<{ outages?: Outage[] | null }>('/reachability', { down: true, outages: true })).outages ?? [],
    ...AGAIN,
  });

export type Span = 'day' | 'week' | 'month';
const HOUR = 3_600_000;
export const SPANS: { id: Span; label: string; length: number; words: string }[] = [
  { id: 'day', label: /* @wc-include */ '24 h', length: 24 * HOUR, words: 'the last 24 hours' },
  { id: 'week', label: /* @wc-include */ '7 d', length: 7 * 24 * HOUR, words: 'the last 7 days' },
  { id: 'month', label: /* @wc-include */ '30 d', length: 30 * 24 * HOUR, words: 'the last 30 days' },
];

export interface Piece {
  /** `none`: nobody looked. */
  state: 'up' | 'down' | 'none';
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

/**
 * Everything between two moments without a gap, oldest first. What lasts still goes on to the end when `lasting`, else to the
 * last look at it: what nobody saw is not guessed.
 */
export function pieces(stretches: readonly Stretch[], from: number, to: number, lasting: boolean): Piece[] {
  const all: Piece[] = [];
  let at = from;
  for (const stretch of stretches.toReversed()) {
    const end = stretch.until ?? (lasting ? null : stretch.seen_at);
    const piece = {
      from: Math.max(at, instant(stretch.since).getTime()),
      to: end === null ? to : Math.min(to, instant(end).getTime()),
    };
    if (piece.to <= piece.from) continue;
    if (piece.from > at) all.push({ state: 'none', from: at, to: piece.from });
    all.push({ state: stretch.alive ? 'up' : 'down', ...piece });
    at = piece.to;
  }
  if (at < to) all.push({ state: 'none', from: at, to });
  return all;
}

/** How long something was so, in seconds. */
export const lengthOf = (all: readonly Piece[], ...states: Piece['state'][]): number =>
  all.reduce((sum, one) => sum + (states.includes(one.state) ? one.to - one.from : 0), 0) / 1000;
