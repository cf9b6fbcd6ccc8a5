/** Who answers on the network, as the last look in the background found. The hub tells of each that comes or goes. */
import { createQuery, queryOptions } from '@tanstack/svelte-query';

import { request } from '../api/http.ts';
import type { Level } from '../api/proxmox.ts';
import { keys } from '../api/queries.ts';
import type { Ref } from '../api/types.ts';
import { minute } from '../minute.svelte.ts';
import { reachOf, type Reach } from './state.ts';

export interface Standing {
  item: Ref;
  alive: boolean;
  since: string;
  seen_at: string;
  /** `icmp`, `tcp:443` or `none`. */
  method: string;
  latency_ms: number | null;
}

export interface Ending {
  item: Ref;
  port: number;
  subject: string;
  issuer: string;
  names: string[];
  /** Seconds since 1970. */
  not_after: number;
  status: Level;
  /** `expires in 6 days`. */
  words: string;
}

export interface Reachability {
  data: Standing[];
  down: number;
  /** Absent where nothing is watched. */
  every_minutes?: number | null;
  certificates: Ending[];
}
/** With when the hub said so, by its own clock. */
type Told = Reachability & { at: number };

const MINUTE = 60_000;
/** Where nothing is watched there is little to ask for. */
const SELDOM = 5;

export const reachabilityQuery = () =>
  queryOptions({
    queryKey: [...keys.reachability, 'now'],
    queryFn: async (): Promise<Told> => {
      const { body, at } = await request<Reachability>('GET', '/reachability');
      return { ...body, at };
    },
    staleTime: MINUTE,
    // A page in the background does not ask, and what it had is soon too old to be believed.
    refetchOnWindowFocus: true,
    refetchInterval: ({ state }) => (state.data?.every_minutes ?? SELDOM) * MINUTE,
  });

/** For every part that shows how an item is. Call while a component is set up. */
export function useReach() {
  const query = createQuery(reachabilityQuery);
  const byId = $derived(new Map(query.data?.data.map((one) => [one.item.id, one])));
  /** Now by the clock of the hub: nothing stays up because nobody can be asked any more. */
  const now = $derived((query.data?.at ?? 0) + Math.max(0, minute.now - query.dataUpdatedAt));
  return {
    get query() {
      return query;
    },
    /** Minutes between two looks; 0 where nothing is watched. */
    get every() {
      return query.data?.every_minutes ?? 0;
    },
    of: (id: number): Standing | undefined => byId.get(id),
    /** Null for what is not watched. */
    stateOf: (id: number): Reach | null => reachOf(byId.get(id), query.data?.every_minutes, now),
  };
}
