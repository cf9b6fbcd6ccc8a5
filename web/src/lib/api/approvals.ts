/** Calls that wait for a person. */
import { queryOptions } from '@tanstack/svelte-query';

import { get } from './http.ts';
import { keys } from './queries.ts';
import type { Ref } from './types.ts';

export type ApprovalState = 'pending' | 'running' | 'done' | 'failed' | 'denied' | 'expired' | 'interrupted';

/** What the guard says of a part of a command. */
export interface GuardReason {
  rule: string;
  level: 'allow' | 'confirm' | 'deny';
  /** Where in the command, in bytes of UTF-8. */
  span: { start: number; end: number };
  /** What would run there, decoded. */
  command: string;
  says: string;
  advice?: string | null;
}

/** A file that would be written. */
export interface FilePlan {
  place: string;
  path: string;
  resolved?: string;
  isNewFile?: boolean;
  diff?: string;
  diffTruncated?: boolean;
  addedLines?: number;
  removedLines?: number;
  prevBytes?: number;
  newBytes?: number;
  largeChangeReason?: string | null;
  note?: string;
}

/** What would happen. What its details are depends on the operation; those named here are shown as what they are. */
export interface PlanShown {
  summary: string;
  verdict: 'allow' | 'confirm' | 'approve' | 'deny';
  reasons: string[];
  details: PlanDetails | null;
}

export interface PlanDetails extends Partial<Omit<FilePlan, 'diff'>> {
  /** Of a file, or of an item field by field. */
  diff?: string | { field: string; before: unknown; after: unknown }[];
  item?: Ref;
  /** A command, what it decodes to, and what the guard says of it. */
  command?: string;
  decoded?: string[];
  undecidable?: boolean;
  reasons?: GuardReason[];
  /** What stands on the item. */
  dependants?: (Ref & { via?: string })[];
  files?: FilePlan[];
  changes?: { id: number; summary: string }[];
  undo?: string;
  [fact: string]: unknown;
}

export interface Fault {
  error: string;
  code: string;
  hint?: string;
  field?: string;
  details?: Record<string, unknown>;
}

export interface Approval {
  id: number;
  state: ApprovalState;
  actor: string;
  via: string;
  session?: string | null;
  op: string;
  at: string;
  expires_at: string;
  plan: PlanShown;
  /** What a yes is bound to. */
  digest: string;
  decided_at?: string | null;
  decided_by?: string | null;
  reason?: string | null;
  outcome?: { answer?: unknown; fault?: Fault } | null;
  change_id?: number | null;
}

export const LIVE = { staleTime: Infinity };

/** Those that wait, the one that ends first at the top: one that comes later never takes the place of one that is read. */
export const waitingQuery = () =>
  queryOptions({
    queryKey: [...keys.approvals, 'waiting'],
    queryFn: async () =>
      (await get<{ data: Approval[] }>('/approvals', { pending: true, limit: 200 })).data.toReversed(),
    ...LIVE,
  });
