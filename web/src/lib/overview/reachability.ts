/** Who answers on the network, as the last look in the background found. */
import { queryOptions } from '@tanstack/svelte-query';

import { get } from '../api/http.ts';
import type { Level } from '../api/proxmox.ts';
import type { Ref } from '../api/types.ts';

export interface Standing {
  item: Ref;
  alive: boolean;
  since: string;
  seen_at: string;
}

export interface Ending {
  item: Ref;
  port: number;
  subject: string;
  names: string[];
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

const AGAIN = 60_000;

export const reachabilityQuery = () =>
  queryOptions({
    queryKey: ['reachability'],
    queryFn: () => get<Reachability>('/reachability'),
    staleTime: AGAIN,
    refetchInterval: AGAIN,
  });
