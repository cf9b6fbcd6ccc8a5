/** What the map shows and what is chosen in it, shared by its parts. */
import { getContext, setContext } from 'svelte';

import { neighbourhood, type Graph } from './graph.ts';
import type { Harm } from './impact.ts';

const EMPTY: Graph = {
  items: new Map(),
  lines: [],
  trees: { roots: [], children: new Map(), parent: new Map() },
  networks: new Map(),
};

export class MapView {
  /** What is left after narrowing. */
  graph = $state.raw<Graph>(EMPTY);
  /** What a kind is called. */
  labels = $state.raw<ReadonlyMap<string, string>>(new Map());
  chosen = $state<number | null>(null);
  harm = $state.raw<Harm | null>(null);
  /** What the search found; null without one. */
  found = $state.raw<ReadonlySet<number> | null>(null);
  pinned = $state.raw<ReadonlySet<number>>(new Set());
  /** What is watched and does not answer. */
  down = $state.raw<ReadonlySet<number>>(new Set());
  /** The one item that Tab reaches; arrows go on from it. */
  focus = $state<number | null>(null);
  connecting = $state(false);
  /** Where a line begins that is being drawn. */
  start = $state<number | null>(null);

  /** These stand out, the rest is dimmed; null when nothing is. */
  lit = $derived.by<ReadonlySet<number> | null>(() => {
    if (this.harm) return this.harm.lit;
    if (this.chosen !== null && this.graph.items.has(this.chosen)) return neighbourhood(this.graph, this.chosen);
    return this.found;
  });

  /** The one that keys act on. */
  current = $derived(this.chosen ?? this.focus);

  labelOf = (kind: string) => this.labels.get(kind) ?? kind;

  choose(id: number | null) {
    this.chosen = id;
    if (id !== null) this.focus = id;
  }

  /** The next one that the search found. */
  next(): number | null {
    const found = [...(this.found ?? [])];
    if (!found.length) return null;
    return found[(found.indexOf(this.focus ?? -1) + 1) % found.length]!;
  }
}

const KEY = Symbol('map');
export const provideView = (view: MapView) => setContext(KEY, view);
export const useView = (): MapView => getContext<MapView>(KEY);
