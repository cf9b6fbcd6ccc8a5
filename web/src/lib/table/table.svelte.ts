/** Table state without a library: sort by several columns with cached keys, selection with ranges. Nulls are always last. */
export type SortKey = string | number | null;

export interface Column<T> {
  id: string;
  key: (row: T) => SortKey;
}
export interface Sort {
  id: string;
  desc: boolean;
}

export class TableState<T extends { id: number | string }> {
  sort = $state.raw<Sort[]>([]);
  selected = $state.raw<ReadonlySet<T['id']>>(new Set());
  #anchor: T['id'] | null = null;
  #keys = new WeakMap<readonly T[], Map<string, SortKey[]>>();
  #places = new WeakMap<readonly T[], Map<T, number>>();

  #keysOf(all: readonly T[], column: Column<T>): SortKey[] {
    let byColumn = this.#keys.get(all);
    if (!byColumn) this.#keys.set(all, (byColumn = new Map()));
    let keys = byColumn.get(column.id);
    if (!keys) byColumn.set(column.id, (keys = all.map(column.key)));
    return keys;
  }

  #placesOf(all: readonly T[]): Map<T, number> {
    let places = this.#places.get(all);
    if (!places) this.#places.set(all, (places = new Map(all.map((row, i) => [row, i]))));
    return places;
  }

  /** `rows` is a subset of `all`; keys are kept per `all`, so that sorting again is only comparing. */
  apply(rows: readonly T[], all: readonly T[], columns: readonly Column<T>[]): readonly T[] {
    const order = this.sort.flatMap((sort) => {
      const column = columns.find((c) => c.id === sort.id);
      return column ? [{ keys: this.#keysOf(all, column), sign: sort.desc ? -1 : 1 }] : [];
    });
    if (!order.length) return rows;
    const places = this.#placesOf(all);
    const index = rows.map((row) => places.get(row)!);
    index.sort((a, b) => {
      for (const { keys, sign } of order) {
        const [x, y] = [keys[a]!, keys[b]!];
        if (x === y) continue;
        if (x === null) return 1;
        if (y === null) return -1;
        return x < y ? -sign : sign;
      }
      return a - b;
    });
    return index.map((i) => all[i]!);
  }

  /** Ascending, descending, off. With `add` the column joins the ones that sort already. */
  toggle(id: string, add = false) {
    const current = this.sort.find((sort) => sort.id === id);
    const next = !current ? { id, desc: false } : current.desc ? null : { id, desc: true };
    const rest = add ? this.sort.filter((sort) => sort.id !== id) : [];
    this.sort = next ? [...rest, next] : rest;
  }

  pick(id: T['id']) {
    const selected = new Set(this.selected);
    if (!selected.delete(id)) selected.add(id);
    this.#anchor = id;
    this.selected = selected;
  }

  /** Everything between the last picked row and this one, in the order shown. */
  pickTo(id: T['id'], shown: readonly T[]) {
    const from = shown.findIndex((row) => row.id === this.#anchor);
    const to = shown.findIndex((row) => row.id === id);
    if (from < 0 || to < 0) return this.pick(id);
    const [low, high] = from < to ? [from, to] : [to, from];
    this.selected = new Set([...this.selected, ...shown.slice(low, high + 1).map((row) => row.id)]);
  }

  pickAll(shown: readonly T[]) {
    const all = shown.length > 0 && shown.every((row) => this.selected.has(row.id));
    this.selected = all ? new Set() : new Set(shown.map((row) => row.id));
  }

  clear() {
    this.selected = new Set();
    this.#anchor = null;
  }

  /** Rows that are gone must not stay selected: the next bulk action would name them. */
  keep(all: readonly T[]) {
    if (!this.selected.size) return;
    const known = new Set(all.map((row) => row.id));
    const kept = [...this.selected].filter((id) => known.has(id));
    if (kept.length !== this.selected.size) this.selected = new Set(kept);
  }
}

/** "name,-updated" ⇄ sort order, for the URL. */
export const parseSort = (text: string | null): Sort[] =>
  (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((part) => (part.startsWith('-') ? { id: part.slice(1), desc: true } : { id: part, desc: false }));
export const formatSort = (sort: readonly Sort[]): string | null =>
  sort.map(({ id, desc }) => (desc ? `-${id}` : id)).join(',') || null;
