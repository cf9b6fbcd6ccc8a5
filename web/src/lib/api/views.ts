/** Named views of lists. */
import { queryOptions } from '@tanstack/svelte-query';

import { get, request } from './http.ts';
import { keys } from './queries.ts';
import type { ListOf } from './types.ts';

export interface SavedView {
  id: number;
  /** Which version of it was read. */
  rev: number;
  /** Which list: the key of a kind, or `all`. */
  list: string;
  name: string;
  /** Words, filters and order, as in the address. */
  query: string;
  columns: { id: string; width?: number | null }[] | null;
  everyone: boolean;
  /** The list opens with it. */
  opens: boolean;
  owner: string;
  /** I may change it. */
  mine: boolean;
}

export type ViewDraft = Pick<SavedView, 'list' | 'name' | 'query' | 'columns' | 'everyone' | 'opens'> & {
  id?: number;
  /** Of the one that was read: another is not saved over. */
  rev?: number;
};

export const viewsQuery = () =>
  queryOptions({
    queryKey: keys.views,
    queryFn: ({ signal }) => get<ListOf<SavedView>>('/views', {}, signal).then((answer) => answer.data),
    staleTime: Infinity,
  });

export async function saveView(draft: ViewDraft): Promise<SavedView> {
  const { id, rev, list, name, query, columns, everyone, opens } = draft;
  const body = { list, name, query, columns, everyone, opens };
  const answer = await request<{ data: SavedView }>(id ? 'PUT' : 'POST', id ? `/views/${id}` : '/views', { body, rev });
  return answer.body.data;
}

export const deleteView = async ({ id, rev }: Pick<SavedView, 'id' | 'rev'>): Promise<string | null> =>
  (await request('DELETE', `/views/${id}`, { rev })).changeId;
