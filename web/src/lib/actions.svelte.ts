/** One definition of an action for its button, its menu entry, its key and the palette. */
import { untrack, type Component } from 'svelte';

export interface Action {
  id: string;
  label: string;
  icon?: Component<{ size?: number }>;
  /** A single key ("e"), or two in a row ("g d"). */
  keys?: string;
  run: () => void;
  danger?: boolean;
  /** Drawn as the page's main button. */
  primary?: boolean;
}

class Actions {
  /** What a key does anywhere: navigation. */
  everywhere = $state.raw<Action[]>([]);
  #pages = $state.raw<readonly Action[][]>([]);
  /** What may be done on this page. */
  page = $derived(this.#pages.flat());
  all = $derived([...this.page, ...this.everywhere]);

  /** For a page's `$effect`: its actions are offered until the returned function runs. */
  offer(actions: Action[]): () => void {
    untrack(() => (this.#pages = [...this.#pages, actions]));
    return () => untrack(() => (this.#pages = this.#pages.filter((other) => other !== actions)));
  }
}

export const actions = new Actions();
