/** Writes of items. Each patches the cache at once and answers the change that can be undone. */
import { stream } from '../live/stream.svelte.ts';
import { request } from './http.ts';
import type { Kind, Ref, Row } from './types.ts';

export interface Written {
  row: Row;
  changeId: string | null;
}

export type Cascade = 'detach' | 'delete';

export async function createItem(kind: Kind, data: Record<string, unknown>): Promise<Written> {
  const { body, changeId } = await request<{ data: Row }>('POST', `/${kind.key}`, { body: data });
  stream.patcher.placed(kind, body.data);
  return { row: body.data, changeId };
}

/** Sets only what was changed, on the condition that nobody else wrote since `rev`. */
export async function updateItem(kind: Kind, id: number, data: Record<string, unknown>, rev: number): Promise<Written> {
  const { body, changeId } = await request<{ data: Row }>('PUT', `/${kind.key}/${id}`, { body: data, rev });
  stream.patcher.placed(kind, body.data);
  return { row: body.data, changeId };
}

export async function deleteItem(item: Ref, cascade?: Cascade): Promise<string | null> {
  const { changeId } = await request('DELETE', `/${item.kind}/${item.id}`, { query: { cascade } });
  stream.patcher.removed(item.kind, item.id);
  return changeId;
}

/** All of them in one transaction, as one change. */
export async function deleteItems(items: readonly Ref[], cascade?: Cascade): Promise<string | null> {
  const list = items.map((item) => ({ type: item.kind, id: item.id, cascade }));
  const { changeId } = await request('POST', '/bulk', { body: { delete: list } });
  for (const item of items) stream.patcher.removed(item.kind, item.id);
  return changeId;
}

export async function unlink(id: number | string): Promise<string | null> {
  return (await request('DELETE', `/links/${id}`)).changeId;
}

export async function link(body: { from: number; to: number; rel: string; label?: string }): Promise<string | null> {
  return (await request('POST', '/links', { body })).changeId;
}
