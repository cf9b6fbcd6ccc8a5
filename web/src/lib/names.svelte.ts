/** Names of the items that others point at, for parent columns and link fields. Call while a component is set up. */
import { createQueries } from '@tanstack/svelte-query';
import { getContext, setContext } from 'svelte';

import { namesQuery, type Name } from './api/queries.ts';
import type { Kind } from './api/types.ts';

export interface Names {
  readonly byId: ReadonlyMap<number, Name>;
  readonly pending: boolean;
}

export function useNames(kinds: () => readonly Kind[]): Names {
  const result = createQueries(() => ({
    queries: kinds().map((kind) => namesQuery(kind)),
    combine: (results) => ({
      lists: results.map((one) => one.data ?? []),
      pending: results.some((one) => one.isPending),
    }),
  }));
  const byId = $derived(new Map(result.lists.flat().map((name) => [name.id, name])));
  return {
    get byId() {
      return byId;
    },
    get pending() {
      return result.pending;
    },
  };
}

/** The kinds that a kind's link fields point at. */
export function linkedKinds(kind: Kind | undefined, all: readonly Kind[]): Kind[] {
  const wanted = new Set(kind?.fields.flatMap((field) => (field.type === 'link' ? (field.link_kinds ?? []) : [])));
  return all.filter((other) => wanted.has(other.key));
}

const DIRECTORY = Symbol('directory');
/** Kinds with more items than this are not fetched only for their icons. */
const SMALL = 1500;

/** Names and icons of the lab for every part under the frame, fetched once the page stands. */
export function provideDirectory(kinds: () => readonly Kind[], ready: () => boolean): void {
  const names = useNames(() => (ready() ? kinds().filter((kind) => kind.count <= SMALL) : []));
  setContext(DIRECTORY, names);
}

export const useDirectory = (): Names | undefined => getContext<Names | undefined>(DIRECTORY);
