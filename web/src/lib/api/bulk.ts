/** The same edit of many items, as one change. */
import { stream } from '../live/stream.svelte.ts';
import { request } from './http.ts';
import type { Ref, Row } from './types.ts';

/** What is to be done to each. */
export interface Edit {
  set: Record<string, unknown>;
  add_tags: string[];
  remove_tags: string[];
  join: number[];
  leave: number[];
}

export interface Refused {
  id: number;
  name: string | null;
  error: string;
  field: string | null;
  hint: string | null;
  code: string;
}

export interface EditPlan {
  changes: { item: Ref; diff: { field: string; before: unknown; after: unknown }[] }[];
  unchanged: number;
  refused: Refused[];
}

const body = (rows: readonly Row[], edit: Edit) => ({ items: rows.map(({ id, rev }) => ({ id, rev })), ...edit });

/** What would become of each; nothing is changed. */
export async function planEdit(rows: readonly Row[], edit: Edit): Promise<EditPlan> {
  const wanted = { ...body(rows, edit), dry_run: true };
  const answer = await request<{ plan: { details: EditPlan } }>('POST', '/bulk/edit', { body: wanted, asks: true });
  return answer.body.plan.details;
}

export async function carryOutEdit(
  rows: readonly Row[],
  edit: Edit,
): Promise<{ changed: Ref[]; refused: Refused[]; changeId: string | null }> {
  const answer = await request<{ data: { changed: Ref[]; refused: Refused[] } }>('POST', '/bulk/edit', {
    body: body(rows, edit),
  });
  const { changed, refused } = answer.body.data;
  for (const { id, kind } of changed) stream.patcher.take({ seq: 0, type: 'item', action: 'updated', id, kind });
  return { changed, refused, changeId: answer.changeId };
}
