/** What a list shows: rows narrowed by words and filters, in the chosen order, in the chosen columns. The URL keeps it. */
import type { Row } from '../api/types.ts';
import { router } from '../router.svelte.ts';
import { store, stored } from '../stored.ts';
import { chosenColumns, readChoice, writeChoice, type Choice } from './choice.ts';
import { haystack, type Listed, type TableColumn } from './columns.ts';
import { matchesFilters, readFilters, type Filter } from './filters.ts';
import { formatSort, parseSort, TableState } from './table.svelte.ts';

export interface ListSource<T extends Listed = Row> {
  /** Where the column choice is remembered. */
  key: string;
  columns: readonly TableColumn<T>[];
  rows: readonly T[];
  kindOf: (row: T) => string;
  nameOf: (row: T) => string;
  /** The page of a row; `null` where it has none. */
  hrefOf: (row: T) => string | null;
}

export class ListState<T extends Listed = Row> {
  readonly table = new TableState<T>();
  text = $state('');
  #at = $state.raw<T['id'] | null>(null);
  #source: () => ListSource<T>;
  /** The saved view that is shown, with the columns it has. */
  view = $state.raw<{ id: number; columns: Choice[] | null } | null>(null);
  #chosen = $state.raw<Record<string, Choice[] | null | undefined>>({});
  #hay = new WeakMap<T, string>();
  #hayOf: readonly TableColumn<T>[] | null = null;

  constructor(source: () => ListSource<T>) {
    this.#source = source;
    this.text = router.query.get('q') ?? '';
    this.table.sort = parseSort(router.query.get('sort'));
  }

  source = $derived.by(() => this.#source());
  filters = $derived<Filter[]>(readFilters(router.query));
  words = $derived(this.text.trim().toLowerCase().split(/\s+/).filter(Boolean));

  #place = $derived(this.view ? `view-${this.view.id}` : this.source.key);
  /** Columns as this person, or the view, has them; null are the standard ones. */
  choice = $derived.by(() => {
    const chosen = this.#chosen[this.#place];
    if (chosen !== undefined) return chosen;
    return this.view ? this.view.columns : readChoice(stored(`columns:${this.#place}`));
  });
  columns = $derived(chosenColumns(this.source.columns, this.choice));

  filtered = $derived.by(() => {
    const { rows, columns } = this.source;
    const { words, filters } = this;
    if (!words.length && !filters.length) return rows;
    return rows.filter((row) => {
      if (words.length && !this.#holds(row, columns, words)) return false;
      return !filters.length || matchesFilters(filters, columns, row);
    });
  });

  rows = $derived.by(() => this.table.apply(this.filtered, this.source.rows, this.source.columns));
  #cursor = $derived(this.#at === null ? -1 : this.rows.findIndex((row) => row.id === this.#at));
  narrowed = $derived(this.words.length > 0 || this.filters.length > 0);
  picked = $derived(this.source.rows.filter((row) => this.table.selected.has(row.id)));

  /** Place of the row that the keyboard acts on, -1 for none. It stays with its row wherever that moves, and goes with it. */
  get cursor(): number {
    return this.#cursor;
  }
  set cursor(place: number) {
    this.#at = this.rows[place]?.id ?? null;
  }

  #holds(row: T, columns: readonly TableColumn<T>[], words: readonly string[]): boolean {
    if (this.#hayOf !== columns) {
      this.#hayOf = columns;
      this.#hay = new WeakMap();
    }
    let hay = this.#hay.get(row);
    if (hay === undefined) this.#hay.set(row, (hay = haystack(columns, row)));
    return words.every((word) => hay.includes(word));
  }

  setText(text: string) {
    this.text = text;
    this.cursor = -1;
    router.patch({ q: text.trim() || null });
  }
  toggleSort(id: string, add: boolean) {
    this.table.toggle(id, add);
    router.patch({ sort: formatSort(this.table.sort) });
  }
  setFilter(id: string, value: string, on: boolean) {
    const params = new URLSearchParams(router.query);
    if (on) params.append(id, value);
    else params.delete(id, value);
    router.setQuery(params);
    this.cursor = -1;
  }
  clearFilters() {
    const params = new URLSearchParams(router.query);
    for (const { id } of this.filters) params.delete(id);
    params.delete('q');
    router.setQuery(params);
    this.text = '';
  }
  /** Other words, filters and order, all at once. */
  show(params: URLSearchParams) {
    router.setQuery(params);
    this.text = params.get('q') ?? '';
    this.table.sort = parseSort(params.get('sort'));
    this.cursor = -1;
  }
  /** Null are the standard columns. A choice made in a view is kept with the view, when that is saved. */
  choose(choice: Choice[] | null) {
    this.#chosen = { ...this.#chosen, [this.#place]: choice };
    if (!this.view) store(`columns:${this.#place}`, choice && writeChoice(choice));
  }
  /** What was chosen in a view is the view now, or is let go of. */
  settle() {
    this.#chosen = { ...this.#chosen, [this.#place]: undefined };
  }
}
