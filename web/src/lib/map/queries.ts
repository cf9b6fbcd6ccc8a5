/** What the map reads and writes. */
import { queryOptions } from '@tanstack/svelte-query';

import { get, request } from '../api/http.ts';
import { keys } from '../api/queries.ts';
import { client } from '../client.ts';
import type { GraphAnswer, LegendAnswer } from './graph.ts';

const LIVE = { staleTime: Infinity, gcTime: 10 * 60_000 };

export interface Place {
  x: number;
  y: number;
  /** Automatic layouts leave it there. */
  pinned: boolean;
}
export type Places = Record<string, Place>;

const layoutKey = [...keys.map, 'layout'];

export const graphQuery = () =>
  queryOptions({ queryKey: [...keys.map, 'graph'], queryFn: () => get<GraphAnswer>('/map/graph'), ...LIVE });

export const legendQuery = () =>
  queryOptions({ queryKey: [...keys.map, 'networks'], queryFn: () => get<LegendAnswer>('/map/networks'), ...LIVE });

export const layoutQuery = () =>
  queryOptions({
    queryKey: layoutKey,
    queryFn: async () => (await get<{ data: Places }>('/map/layout')).data,
    ...LIVE,
  });

/**
 * Saves some places, `null` forgets one. The page shows it at once, and what the hub kept if that fails. `leaving`: the
 * tab is being closed, so that it is sent before anything else and goes on without it.
 */
export async function savePlaces(places: Record<string, Place | null>, leaving = false): Promise<string | null> {
  if (!leaving) await client.cancelQueries({ queryKey: layoutKey });
  client.setQueryData<Places>(layoutKey, (before = {}) => {
    const after: Record<string, Place | null> = { ...before, ...places };
    return Object.fromEntries(Object.entries(after).filter((entry): entry is [string, Place] => entry[1] !== null));
  });
  try {
    return (await request('PUT', '/map/layout', { body: { positions: places }, keepalive: leaving })).changeId;
  } catch (error) {
    void client.invalidateQueries({ queryKey: layoutKey });
    throw error;
  }
}

export async function relabel(line: number, label: string): Promise<string | null> {
  const { changeId } = await request('PATCH', `/map/edges/${line}`, { body: { label: label.trim() || null } });
  changed();
  return changeId;
}

/** Lines were drawn, changed or removed here. */
export function changed() {
  void client.invalidateQueries({ queryKey: keys.map });
  void client.invalidateQueries({ queryKey: ['item'] });
  void client.invalidateQueries({ queryKey: ['impact'] });
}
