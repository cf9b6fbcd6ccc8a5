/** How one event of the stream changes what is cached. Rows are patched in place; the rest is read again. */
import type { QueryClient } from '@tanstack/svelte-query';

import { get } from '../api/http.ts';
import { invalidateItem, invalidateJournal, keys, nameOf, type Name } from '../api/queries.ts';
import type { ItemDetail, Kind, LiveEvent, Row } from '../api/types.ts';

/** Above this many changed rows of a kind at once, the list is read again as a whole. */
const BATCH = 25;

/** What a sort of event is about alone. */
const OWN: Record<string, readonly string[] | undefined> = {
  token: keys.tokens,
  approval: keys.approvals,
  file: keys.files,
  search: keys.status,
  scan: keys.scans,
  view: keys.views,
};

export function placeRow<T extends { id: number }>(rows: T[], row: T): T[] {
  const at = rows.findIndex((other) => other.id === row.id);
  return at < 0 ? [...rows, row] : rows.with(at, row);
}

export const withoutRow = <T extends { id: number }>(rows: T[], id: number): T[] => rows.filter((row) => row.id !== id);

export class CachePatcher {
  #changed = new Map<string, Set<number>>();
  #relinked = false;
  #reached = false;
  /** What was deleted is not asked for again, though its page is open still. */
  #gone = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: QueryClient,
    private readonly wait = 120,
  ) {}

  take(event: LiveEvent) {
    if (event.type === 'item' && event.kind && event.id !== undefined) this.#item(event.kind, event.id, event.action);
    // A look says what is in dispute, not what else it saw and of which items.
    if (['link', 'drift', 'seen'].includes(event.type)) this.#relinked = true;
    if (event.type === 'reach' || event.type === 'item') this.#reached = true;
    if (event.type === 'import') void this.client.invalidateQueries();
    const queryKey = OWN[event.type];
    if (queryKey) void this.client.invalidateQueries({ queryKey });
    // A scan tells of itself many times, and is no part of the journal.
    if (event.type !== 'scan') this.#later();
  }

  /** After a write of this page, without waiting for the stream. */
  placed(kind: Kind, row: Row) {
    this.client.setQueryData<Row[]>(keys.rows(kind.key), (rows) => rows && placeRow(rows, row));
    this.client.setQueryData<Name[]>(keys.names(kind.key), (names) => names && placeRow(names, nameOf(kind, row)));
    // Its open page shows what was saved at once; what follows from it is read again.
    this.client.setQueryData<ItemDetail>(keys.item(row.id), (detail) => detail && { ...detail, row });
    invalidateItem(this.client, row.id);
    this.#readJournal();
  }

  removed(kind: string, id: number) {
    this.#gone.add(id);
    this.client.setQueryData<Row[]>(keys.rows(kind), (rows) => rows && withoutRow(rows, id));
    this.client.setQueryData<Name[]>(keys.names(kind), (names) => names && withoutRow(names, id));
    this.#later();
  }

  #item(kind: string, id: number, action: LiveEvent['action']) {
    if (action === 'deleted') return this.removed(kind, id);
    this.#gone.delete(id);
    const ids = this.#changed.get(kind) ?? new Set();
    this.#changed.set(kind, ids.add(id));
    invalidateItem(this.client, id);
  }

  #later() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const batches = [...this.#changed];
      this.#changed.clear();
      for (const [kind, ids] of batches) void this.#refresh(kind, [...ids]);
      // A link may show on either of its ends, and on what stands between.
      if (this.#relinked) this.#readAgain('item');
      this.#relinked = false;
      // A look at the network turns many at once; a name may be another now.
      if (this.#reached) void this.client.invalidateQueries({ queryKey: keys.reachability });
      this.#reached = false;
      this.#readJournal();
    }, this.wait);
  }

  #readJournal() {
    invalidateJournal(this.client);
    this.#readAgain('impact');
    this.#readAgain('members');
  }

  /** Everything kept of that sort, but not of what is gone. */
  #readAgain(sort: 'item' | 'impact' | 'members') {
    const predicate = ({ queryKey: [, id] }: { queryKey: readonly unknown[] }) => !this.#gone.has(id as number);
    void this.client.invalidateQueries({ queryKey: [sort], predicate });
  }

  async #refresh(kind: string, ids: number[]) {
    const declared = this.client.getQueryData<Kind[]>(keys.kinds)?.find((k) => k.key === kind);
    const cached = this.client.getQueryData<Row[]>(keys.rows(kind));
    if (!cached || !declared || ids.length > BATCH) {
      void this.client.invalidateQueries({ queryKey: keys.rows(kind) });
      void this.client.invalidateQueries({ queryKey: keys.names(kind) });
      return;
    }
    for (const id of ids) {
      const answer = await get<{ data: Row }>(`/${kind}/${id}`).catch(() => null);
      if (!answer) continue;
      const row = answer.data;
      this.client.setQueryData<Row[]>(keys.rows(kind), (rows) => rows && placeRow(rows, row));
      this.client.setQueryData<Name[]>(keys.names(kind), (names) => names && placeRow(names, nameOf(declared, row)));
    }
  }
}
