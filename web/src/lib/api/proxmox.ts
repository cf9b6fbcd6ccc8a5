/** What the hub says of Proxmox clusters, and how it is asked. No event tells of these, so lists look again by themselves. */
import { queryOptions } from '@tanstack/svelte-query';

import { get } from './http.ts';
import { keys } from './queries.ts';

/** A cluster that could not be asked: what is missing from an answer, and what to do about it. */
export interface Gap {
  cluster: string;
  problem: string;
  remedy: string;
}

export interface Node {
  cluster: string;
  node: string;
  status: string;
  /** Share of its CPUs that is busy, 0 to 1. */
  cpu: number | null;
  cores: number | null;
  /** Bytes, as the other sizes of a node. */
  memory: number | null;
  memoryUsed: number | null;
  disk: number | null;
  diskUsed: number | null;
  /** Seconds. */
  uptime: number | null;
}

export interface ListedGuest {
  vmid: number;
  name: string;
  status: string;
  /** What holds it just now, such as a backup; empty when nothing does. */
  lock: string;
  node: string;
  cluster: string;
  tags: string[];
  template: boolean;
  memMB: number | null;
  memUsedMB: number | null;
  bootDiskGB: number | null;
  cpu: number | null;
  cores: number | null;
  uptime: number | null;
  /** Whether its cluster is connected for operate or more: else nothing can be done with it from here. */
  operable: boolean;
  /** Its item of the inventory, once a census noted it. */
  item: number | null;
}

export type GuestKind = 'containers' | 'vms';
export type Guest = ListedGuest & { kind: GuestKind };

export type Level = 'ok' | 'unknown' | 'warn' | 'crit';

export interface Finding {
  section: string;
  check: string;
  status: Level;
  finding: string;
  detail?: string | null;
  remedy?: string | null;
  cluster?: string | null;
  node?: string | null;
}

export interface Health {
  /** Never better than what could not be looked at. */
  status: Level;
  /** When it was looked at. */
  ts: string;
  findings: Finding[];
  /** What this tier cannot see at all. */
  unavailable: { section: string; part: string; unavailableAtTier: string }[];
}
/** What an act would do, before it is done. */
export interface Plan {
  summary: string;
  verdict: 'allow' | 'confirm' | 'deny';
  reasons: string[];
}

const AGAIN = 10_000;

export const nodesQuery = () =>
  queryOptions({
    queryKey: [...keys.proxmox, 'nodes'],
    queryFn: () => get<{ nodes: Node[]; gaps: Gap[] }>('/proxmox/nodes'),
    refetchInterval: AGAIN,
  });

async function guests(): Promise<{ guests: Guest[]; gaps: Gap[] }> {
  const of = async (kind: GuestKind) => {
    const answer = await get<{ guests: ListedGuest[]; gaps: Gap[] }>(`/proxmox/${kind}`);
    return { guests: answer.guests.map((guest) => ({ ...guest, kind })), gaps: answer.gaps };
  };
  const lists = await Promise.all([of('containers'), of('vms')]);
  return { guests: lists.flatMap((list) => list.guests), gaps: lists.flatMap((list) => list.gaps) };
}

export const guestsQuery = () =>
  queryOptions({ queryKey: [...keys.proxmox, 'guests'], queryFn: guests, refetchInterval: AGAIN });

/** A look at everything takes its time: again only when somebody asks. */
const LOOK = { staleTime: 60_000 };

export const healthQuery = () =>
  queryOptions({ queryKey: [...keys.proxmox, 'health'], queryFn: () => get<Health>('/proxmox/health'), ...LOOK });

export const TIERS = ['observe', 'operate', 'companion', 'root'] as const;
export type Tier = (typeof TIERS)[number];

export interface Endpoint {
  address: string;
  status: Level;
  /** `null` when it did not answer. */
  latencyMs: number | null;
}

/** How labkeeper is connected to one cluster, and whether that is as it should be. */
export interface Connection {
  name: string;
  /** What it was set up for; `null` when nobody said. */
  tier: Tier | null;
  version: string | null;
  status: Level;
  endpoints: Endpoint[];
  findings: Finding[];
}

export const connectionsQuery = () =>
  queryOptions({
    queryKey: [...keys.proxmox, 'connections'],
    queryFn: async () => (await get<{ clusters: Connection[] }>('/proxmox/clusters')).clusters,
    ...LOOK,
  });
