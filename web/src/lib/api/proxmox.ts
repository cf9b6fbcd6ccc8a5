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

/** Everything the API tells of one guest. */
export interface GuestDetail {
  usage: {
    memory?: number | null;
    memoryUsed?: number | null;
    /** Bytes of its root disk; what is used of it is not known of virtual machines. */
    disk?: number | null;
    diskUsed?: number | null;
    netIn?: number | null;
    netOut?: number | null;
  };
  /** As seen from inside; absent when nobody could look. */
  interfaces?: { name: string; mac?: string | null; addresses: string[] }[] | null;
  agent?: { enabled: boolean; running?: boolean | null } | null;
  /** Absent when that cannot be told. */
  snapshotCapable?: boolean | null;
  snapshotReason?: string | null;
  config?: Record<string, string> | null;
  /** How many values were left out of the configuration. */
  redactions: number;
  /** What could not be asked. */
  errors: { probe: string; error: string; remedy: string }[];
}

export interface Snapshot {
  name: string;
  description: string;
  /** Seconds since 1970. */
  snaptime?: number | null;
  /** Made by labkeeper, so that it may go back to it and delete it. */
  mcpManaged: boolean;
  /** The guest as it is grew from this one. */
  current: boolean;
}

export interface GuestBackup {
  cluster: string;
  vmid: number;
  /** `nas:backup/vzdump-lxc-101-….tar.zst` */
  archive: string;
  /** Absent where the storage does not say. */
  made?: string | null;
  sizeBytes?: number | null;
  notes?: string | null;
  protected: boolean;
  /** Absent when nobody checked it. */
  verified?: boolean | null;
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

const ofGuest = ({ cluster, vmid }: { cluster: string; vmid: number }, part: string) => ({
  queryKey: [...keys.proxmox, 'guest', cluster, vmid, part],
  ...LOOK,
});
export const guestQuery = (guest: { cluster: string; vmid: number }) =>
  queryOptions({
    ...ofGuest(guest, 'detail'),
    queryFn: () => get<GuestDetail>(`/proxmox/guests/${guest.vmid}`, { cluster: guest.cluster }),
  });
export interface GuestTask {
  upid: string;
  /** `vzdump`, `qmstart` */
  kind: string;
  user: string;
  began: string;
  /** Absent while it goes on. */
  ended?: string | null;
  state: 'running' | 'done' | 'warned' | 'failed';
  problem?: string | null;
}

export const tasksQuery = (guest: { cluster: string; vmid: number }) =>
  queryOptions({
    ...ofGuest(guest, 'tasks'),
    queryFn: () =>
      get<{ tasks: GuestTask[]; gaps: Gap[] }>(`/proxmox/guests/${guest.vmid}/tasks`, { cluster: guest.cluster }),
  });
export const snapshotsQuery = (guest: { cluster: string; vmid: number }) =>
  queryOptions({
    ...ofGuest(guest, 'snapshots'),
    queryFn: async () =>
      (await get<{ snapshots: Snapshot[] }>(`/proxmox/guests/${guest.vmid}/snapshots`, { cluster: guest.cluster }))
        .snapshots,
  });

/** More than a lab keeps. */
const ALL_BACKUPS = 20_000;
export const backupsQuery = () =>
  queryOptions({
    queryKey: [...keys.proxmox, 'backups'],
    queryFn: () => get<{ backups: GuestBackup[]; gaps: Gap[] }>('/proxmox/backups', { limit: ALL_BACKUPS }),
    staleTime: 5 * 60_000,
    refetchInterval: 15 * 60_000,
  });

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
