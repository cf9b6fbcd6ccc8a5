/** What the tree of documents is doing: what is folded, what is dragged and where to, and moving pages. */
import { tick } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';

import type { Kind, Row } from '../../lib/api/types.ts';
import { orphans, type Draft } from '../../lib/docs/drafts.ts';
import { drafts } from '../../lib/docs/own.ts';
import { place } from '../../lib/docs/hub.ts';
import { mayStandUnder, placings, stepped, type Place, type Step } from '../../lib/docs/placing.ts';
import { titleOf } from '../../lib/docs/text.ts';
import { tree as treeOf } from '../../lib/documents.ts';
import { done, failed } from '../../lib/notify.ts';

type Where = 'before' | 'after' | 'into';
const FOLDED = 'labkeeper.docs.folded';

export class TreeState {
  readonly folded = new SvelteSet<number>(readFolded());
  dragged = $state<number | null>(null);
  over = $state.raw<{ id: number; where: Where } | null>(null);
  /** Told to those who do not see it. */
  said = $state('');
  #drafts = $state.raw<readonly Draft[]>([]);
  /** Documents with words that only this browser has. */
  readonly unsaved: ReadonlySet<number> = $derived(new Set(this.#drafts.map((draft) => draft.id)));

  constructor(
    private readonly rows: () => readonly Row[],
    private readonly kind: () => Kind | undefined,
    private readonly may: () => boolean,
  ) {}

  get movable(): boolean {
    return this.may();
  }
  /** Words of documents that are gone. */
  get lost(): readonly Draft[] {
    return orphans(this.#drafts, this.rows());
  }

  lookForDrafts() {
    this.#drafts = drafts.all();
  }

  fold(id: number, folded: boolean) {
    if (folded) this.folded.add(id);
    else this.folded.delete(id);
    try {
      localStorage.setItem(FOLDED, JSON.stringify([...this.folded]));
    } catch {
      // It is only remembered for the next visit.
    }
  }

  focusBeside(link: HTMLElement, step: 1 | -1) {
    const all = [...(link.closest('nav, main')?.querySelectorAll<HTMLElement>('a[data-page]') ?? [])];
    all[all.indexOf(link) + step]?.focus();
  }

  async step(id: number, step: Step) {
    const to = stepped(treeOf(this.rows()), id, step);
    if (!to) return;
    await this.move(id, to);
    if (to.parent !== null) this.fold(to.parent, false);
    await tick();
    document.querySelector<HTMLElement>(`a[data-page="${id}"]`)?.focus();
  }

  async move(id: number, to: Place): Promise<void> {
    const kind = this.kind();
    const rows = this.rows();
    const writes = placings(rows, id, to);
    if (!kind || !writes.length) return;
    const title = titleOf(rows.find((row) => row.id === id));
    const under = titleOf(rows.find((row) => row.id === to.parent));
    try {
      const changeId = await place(kind, writes);
      this.said = to.parent === null ? `${title} moved, at the top level` : `${title} moved, under ${under}`;
      void done(`Moved ${title}`, changeId);
    } catch (error) {
      void failed(`${title} was not moved`, error);
    }
  }

  dragStart(event: DragEvent, id: number) {
    this.dragged = id;
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
  }

  dragOver(event: DragEvent, id: number) {
    const where = this.#where(event);
    if (this.dragged === null || !this.#target(id, where)) return;
    event.preventDefault();
    if (this.over?.id !== id || this.over.where !== where) this.over = { id, where };
  }

  dragLeave(id: number) {
    if (this.over?.id === id) this.over = null;
  }

  drop(event: DragEvent, id: number) {
    event.preventDefault();
    const { dragged } = this;
    const to = this.#target(id, this.#where(event));
    this.dragEnd();
    if (dragged !== null && to) void this.move(dragged, to);
  }

  dragEnd() {
    this.dragged = null;
    this.over = null;
  }

  /** The upper and lower edge of a row are beside it, its middle is under it. */
  #where(event: DragEvent): Where {
    const { top, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientY - top) / height;
    return share < 0.3 ? 'before' : share > 0.7 ? 'after' : 'into';
  }

  #target(id: number, where: Where): Place | null {
    const pages = treeOf(this.rows());
    if (this.dragged === null || this.dragged === id) return null;
    if (where === 'into') return mayStandUnder(pages, this.dragged, id) ? { parent: id, before: null } : null;
    const row = this.rows().find((one) => one.id === id);
    const parent = (row?.parent_id as number | null) ?? null;
    if (!row || !mayStandUnder(pages, this.dragged, parent)) return null;
    const siblings = this.rows().filter((one) => ((one.parent_id as number | null) ?? null) === parent);
    const order = treeOf(siblings.map((one) => ({ ...one, parent_id: null }))).map((page) => page.row.id);
    const after = order.slice(order.indexOf(id) + 1).find((one) => one !== this.dragged);
    return { parent, before: where === 'before' ? id : (after ?? null) };
  }
}

function readFolded(): number[] {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(FOLDED) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => Number.isInteger(id)) : [];
  } catch {
    return [];
  }
}
