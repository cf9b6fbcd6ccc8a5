/** Reading a call that waited, and answering it. What only waits is counted on every page; this is not. */
import { queryOptions } from '@tanstack/svelte-query';

import { LIVE, type Approval } from './approvals.ts';
import { get, request } from './http.ts';
import { keys } from './queries.ts';

const MOST = 50;

export const approvalsQuery = () =>
  queryOptions({
    queryKey: [...keys.approvals, 'newest'],
    queryFn: async () => (await get<{ data: Approval[] }>('/approvals', { limit: MOST })).data,
    ...LIVE,
  });

export const approvalQuery = (id: number) =>
  queryOptions({
    queryKey: [...keys.approvals, id],
    queryFn: async () => (await get<{ data: Approval[] }>(`/approvals/${id}`)).data[0]!,
    ...LIVE,
  });

/** Does the call at once; answers what came of it. */
export const approve = async ({ id, digest }: Approval): Promise<Approval> =>
  (await request<{ data: Approval }>('POST', `/approvals/${id}/approve`, { body: { digest } })).body.data;

export const deny = async ({ id }: Approval, reason: string): Promise<Approval> =>
  (await request<{ data: Approval }>('POST', `/approvals/${id}/deny`, { body: { reason: reason || null } })).body.data;
