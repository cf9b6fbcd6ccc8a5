/** The audit log: what was asked and what became of it, and whether it is what was written. */
import { queryOptions } from '@tanstack/svelte-query';

import { get } from './http.ts';
import { keys } from './queries.ts';
import type { Change, ListOf } from './types.ts';

export type AuditPhase =
  'asked' | 'approved' | 'done' | 'failed' | 'refused' | 'interrupted' | 'sealed' | 'recovered' | 'alarmed';

export interface AuditRecord {
  seq: number;
  at: string;
  actor: string;
  via: string;
  session: string | null;
  op: string;
  phase: AuditPhase;
  /** The record that this one answers. */
  intent: number | null;
  vmid: number | null;
  input_sha256?: string;
  summary: AuditSummary | null;
  change_id: number | null;
  hash: string;
  /** Records of older hubs have none of what follows. */
  tier?: string | null;
  verdict?: string | null;
  rules?: string[] | null;
  args_redacted?: unknown;
  /** The same for the same input, under the key of the log. */
  args_hmac?: string | null;
}

/** What was planned, done or wrong. */
export interface AuditSummary {
  plan?: string;
  did?: string;
  error?: string;
  code?: string;
  /** The approval it waited for. */
  approval?: number;
  path?: string;
  cluster?: string;
  large?: boolean;
  [fact: string]: unknown;
}

export interface AuditPage {
  data: AuditRecord[];
  count: number;
  summary: { total: number; byTool: Record<string, number>; byVmid: Record<string, number> };
}

/** As the address of the page has it. */
export interface AuditFilter {
  tool: string;
  vmid: string;
  path: string;
  text: string;
  phase: string;
  actor: string;
  since: string;
  until: string;
  large: boolean;
}

export const PAGE = 100;

export const auditPage = (filter: AuditFilter, before: number | null, limit = PAGE, signal?: AbortSignal) =>
  get<AuditPage>(
    '/audit',
    {
      tool: filter.tool,
      vmid: filter.vmid,
      pathContains: filter.path,
      textSearch: filter.text,
      phase: filter.phase,
      actor: filter.actor,
      since: instantOf(filter.since),
      until: instantOf(filter.until),
      largeOnly: filter.large || null,
      before,
      limit,
    },
    signal,
  );

/** A local time as a form gives it, in UTC. */
const instantOf = (local: string): string | null => {
  const date = new Date(local);
  return local && !Number.isNaN(date.getTime()) ? date.toISOString() : null;
};

/** The record of that number. */
export const auditRecord = async (seq: number): Promise<AuditRecord | null> =>
  (await get<AuditPage>('/audit', { before: seq + 1, limit: 1 })).data.find((one) => one.seq === seq) ?? null;

/** The journal entry of that number. */
export const changeOf = async (id: number): Promise<Change | null> =>
  (await get<ListOf<Change>>('/changes', { before: id + 1, limit: 1 })).data.find((one) => one.id === id) ?? null;

/** Whether the log is what was written. */
export interface Verification {
  ok: boolean;
  /** `anchored`, `unanchored`, `torn_tail`, `tampered`. */
  standing?: string;
  /** Number of the last good record. */
  records: number;
  broken?: string | null;
  kind?: string | null;
  /** The first record that is not as it was. */
  seq?: number | null;
  /** How many signed checkpoints were checked. */
  checkpoints?: number;
  checkpoint?: { records: number; at: string } | null;
  /** Records that no checkpoint covers yet. */
  unsigned?: number;
  /** Places outside that keep checkpoints. */
  anchors?: { name: string; records: number; at?: string | null; trouble?: string | null }[];
  clock_set_back?: number | null;
}

export const verificationQuery = () =>
  queryOptions({
    queryKey: [...keys.audit, 'verify'],
    queryFn: () => get<Verification>('/audit/verify'),
    // It walks the whole log.
    staleTime: 5 * 60_000,
    retry: false,
  });
