/** Taking back what needs a look first: a change with files, one that something stands in the way of, a whole session. */
import type { Undoing } from '../overlays.svelte.ts';
import type { PlanShown } from './approvals.ts';
import { request } from './http.ts';
import type { Change } from './types.ts';

const address = (what: Undoing) =>
  'change' in what ? `/changes/${what.change}/revert` : `/sessions/${encodeURIComponent(what.session)}/revert`;

/** What would happen. Fails where something stands in the way. */
export async function planUndo(what: Undoing, overwrite: boolean): Promise<PlanShown> {
  const body = { dry_run: true, ...(overwrite ? { overwrite } : {}) };
  return (await request<{ plan: PlanShown }>('POST', address(what), { body, asks: true })).body.plan;
}

export async function carryOutUndo(
  what: Undoing,
  overwrite: boolean,
): Promise<{ change: Change | null; many: number; changeId: string | null }> {
  const body = { ...('change' in what ? { confirm: true } : {}), ...(overwrite ? { overwrite } : {}) };
  const answer = await request<{ data?: Change; undone?: number[] }>('POST', address(what), { body });
  return { change: answer.body.data ?? null, many: answer.body.undone?.length ?? 1, changeId: answer.changeId };
}
