/** The versions of a document. The hub lists who saved it and when; the texts of one are asked for when it is looked at. */
import { queryOptions } from '@tanstack/svelte-query';

import { get } from '../api/http.ts';
import type { ListOf } from '../api/types.ts';
import type { Text } from './text.ts';

export interface Save {
  /** Number of the change. */
  id: number;
  at: string;
  actor: string;
  via: string;
  /** The page began with it. */
  first: boolean;
}

/** A sitting: its newest save, and how far back it goes. */
export interface Version extends Save {
  oldest: Save;
  saves: number;
}

/** The page before and after a save; nothing before the first. */
export interface Saved {
  before: Text | null;
  after: Text;
}

/** Who goes on writing within this long is still at the same version. */
const SITTING = 15 * 60_000;
const time = (at: string) => Date.parse(`${at}Z`);

const goesOn = (last: Save, save: Save) =>
  !save.first && last.actor === save.actor && last.via === save.via && time(last.at) - time(save.at) < SITTING;

/** Newest first. Saves of one sitting are one version, and as many as they were where it is `unfolded`. */
export function versions(saves: readonly Save[], unfolded: ReadonlySet<number> = new Set()): Version[] {
  const sittings: Save[][] = [];
  for (const save of saves) {
    const last = sittings.at(-1)?.at(-1);
    if (last && goesOn(last, save)) sittings.at(-1)!.push(save);
    else sittings.push([save]);
  }
  return sittings
    .flatMap((sitting) => (unfolded.has(sitting[0]!.id) ? sitting.map((save) => [save]) : [sitting]))
    .map((all) => ({ ...all[0]!, oldest: all.at(-1)!, first: all.at(-1)!.first, saves: all.length }));
}

export const savesOf = async (id: number, limit: number, before: number | null = null): Promise<Save[]> =>
  (await get<ListOf<Save>>(`/documents/${id}/versions`, { limit, before })).data;

/** What a save did stays as it was, so it is asked once. */
export const savedQuery = (id: number, change: number) =>
  queryOptions({
    queryKey: ['version', id, change],
    queryFn: () => get<Saved>(`/documents/${id}/versions/${change}`),
    staleTime: Infinity,
  });
