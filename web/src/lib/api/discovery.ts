/** Scans of the network: what was asked, whom they found, and what an import would do with it. */
import { queryOptions } from '@tanstack/svelte-query';

import { get, request } from './http.ts';
import { keys } from './queries.ts';
import type { Ref } from './types.ts';

export type ScanPhase = 'running' | 'stopping' | 'done' | 'failed' | 'cancelled' | 'interrupted';
export type PortChoice = 'quick' | 'standard' | 'full' | number[];

export interface Scan {
  id: number;
  cidr: string;
  state: ScanPhase;
  /** Who asked; `schedule` is the clock. */
  actor: string;
  started_at: string;
  ended_at?: string | null;
  checked: number;
  total: number;
  alive: number;
  ports: PortChoice;
  exclude?: string[];
  /** What limited it. */
  problems?: string[];
}

/** What the hub scans by itself. */
export interface ScanSchedule {
  blocks: string[];
  every_hours: number;
}

export interface ScanPage {
  data: Scan[];
  schedule?: ScanSchedule | null;
}

export interface Certificate {
  subject: string;
  issuer: string;
  names: string[];
  /** Seconds since 1970. */
  not_after: number;
}

/** One host. Every text of it comes from the network. */
export interface FoundHost {
  ip: string;
  alive: boolean;
  /** `icmp`, `arp`, `tcp:22` or another way in which it was noticed. */
  method: string;
  latency_ms: number | null;
  hostname: string | null;
  mac?: string | null;
  /** Who made the network card, by its address. */
  vendor?: string | null;
  /** To whom a DHCP server handed the address out. */
  lease?: { file: string; mac?: string | null; hostname?: string | null } | null;
  open_ports: number[];
  services: Record<string, string>;
  http_title: string | null;
  ssh_banner: string | null;
  fingerprint: string;
  confidence: number;
  evidence?: string[];
  also?: string[];
  suggested_type: string;
  suggested_name: string;
  icon?: string | null;
  url?: string | null;
  certificates?: Record<string, Certificate>;
}

interface Someone {
  ip: string;
  name: string;
  label: string;
}

/** What is otherwise than at the last whole scan that looked in the same way. */
export interface Since {
  scan: number;
  at?: string | null;
  new: Someone[];
  gone: Someone[];
  moved: { mac: string; from: string; to: string }[];
  changed: { ip: string; opened: number[]; closed: number[]; was?: string | null; is?: string | null }[];
}

export interface ScanShown extends Scan {
  hosts: FoundHost[];
  next_after: number;
  since?: Since | null;
}

export type By = 'mac' | 'address' | 'name';

/** What the import takes for a host. What a person does not edit goes back as it came. */
export interface HostInput {
  ip: string;
  type: string;
  name?: string | null;
  port?: number | null;
  https?: boolean | null;
  [given: string]: unknown;
}

export interface ReviewedHost {
  found: FoundHost;
  known?: { item: Ref; by: By } | null;
  proposal: HostInput;
  /** Why it cannot be imported as it is. */
  problem?: string | null;
}

export interface Reviewed {
  cidr: string;
  hosts: ReviewedHost[];
  new: number;
  known: number;
}

export interface ImportReport {
  imported: number;
  by_type: Record<string, number>;
  errors: { ip: string; error: string }[];
  items: { ip: string; item: Ref }[];
  known: { ip: string; item: Ref; by: By }[];
}

const JOBS = '/discovery/jobs';
/** How many scans the history shows at once. */
export const SCANS_A_PAGE = 20;
/** Events tell how a scan goes. This is for where they do not come, and for a scan whose process is gone. */
const ASK_AGAIN = 4_000;

export const isAtWork = ({ state }: Pick<Scan, 'state'>) => state === 'running' || state === 'stopping';

export const scansPage = (before: number | null) => get<ScanPage>(JOBS, { limit: SCANS_A_PAGE, before });

/**
 * A scan with its hosts. While it is at work only those that were found since are asked for; when it ends they are read
 * as a whole, for they are numbered anew.
 */
export async function readScan(id: number, before?: ScanShown, signal?: AbortSignal): Promise<ScanShown> {
  if (before && isAtWork(before)) {
    const news = await get<ScanShown>(`${JOBS}/${id}`, { after: before.next_after }, signal);
    if (isAtWork(news)) return { ...news, hosts: [...before.hosts, ...news.hosts] };
  }
  return get<ScanShown>(`${JOBS}/${id}`, undefined, signal);
}

export function scanQuery(id: number) {
  const queryKey = [...keys.scans, id];
  return queryOptions({
    queryKey,
    queryFn: ({ client, signal }) => readScan(id, client.getQueryData<ScanShown>(queryKey), signal),
    refetchInterval: ({ state }) => (state.data && isAtWork(state.data) ? ASK_AGAIN : false),
    staleTime: Infinity,
    structuralSharing: false,
  });
}

/** What each host is to the inventory. Read again when an item changes, and when the scan is over. */
export const reviewQuery = (id: number, atWork: boolean) =>
  queryOptions({
    queryKey: [...keys.reviews, id, atWork],
    queryFn: ({ signal }) => get<Reviewed>(`${JOBS}/${id}/review`, undefined, signal),
    refetchInterval: atWork ? ASK_AGAIN : false,
    staleTime: Infinity,
    structuralSharing: false,
  });

export const startScan = async (wish: Record<string, unknown>): Promise<number> =>
  (await request<{ id: number }>('POST', JOBS, { body: wish })).body.id;

export const stopScan = (id: number) => request('POST', `${JOBS}/${id}/cancel`, { body: {} });

export async function importHosts(hosts: readonly HostInput[], cidr: string, scan: number) {
  const { body, changeId } = await request<ImportReport>('POST', '/discovery/import', { body: { hosts, cidr, scan } });
  return { report: body, changeId };
}
