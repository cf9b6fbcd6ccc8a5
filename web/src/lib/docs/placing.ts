/** Moving pages: what has to be written so that a page stands where it was put. */
import type { Row } from '../api/types.ts';
import { tree, type Page } from '../documents.ts';

export interface Placing {
  id: number;
  data: { parent_id?: number | null; sort_order?: number };
}

/** A place in the tree: under which page, and before which of its pages; `null` is the last. */
export interface Place {
  parent: number | null;
  before: number | null;
}

const STEP = 10;

export function find(pages: readonly Page[], id: number): Page | undefined {
  for (const page of pages) {
    const found = page.row.id === id ? page : find(page.children, id);
    if (found) return found;
  }
}

/** The pages that stand beside one, itself among them, and the page above them. */
export function beside(
  pages: Page[],
  id: number,
  parent: number | null = null,
): { parent: number | null; all: Page[] } | null {
  if (pages.some((page) => page.row.id === id)) return { parent, all: pages };
  for (const page of pages) {
    const found = beside(page.children, id, page.row.id);
    if (found) return found;
  }
  return null;
}

/** Nothing can stand under itself, or under what stands under it. */
export const mayStandUnder = (pages: readonly Page[], id: number, parent: number | null): boolean => {
  const page = find(pages, id);
  return parent === null || (page !== undefined && parent !== id && !find(page.children, parent));
};

/** The fewest writes that put a page there; none when it stands there already or may not. */
export function placings(rows: readonly Row[], id: number, place: Place): Placing[] {
  const pages = tree(rows);
  const now = beside(pages, id);
  if (!now || !mayStandUnder(pages, id, place.parent)) return [];
  const siblings = (place.parent === null ? pages : (find(pages, place.parent)?.children ?? [])).map(
    (page) => page.row,
  );
  const others = siblings.filter((row) => row.id !== id);
  const at = place.before === null ? others.length : others.findIndex((row) => row.id === place.before);
  if (at < 0) return [];
  const stays = now.parent === place.parent;
  if (stays && siblings.findIndex((row) => row.id === id) === at) return [];
  const order = (row: Row | undefined) => (row ? Number(row.sort_order ?? 0) : null);
  const moved = rows.find((row) => row.id === id)!;
  const between = room(order(others[at - 1]), order(others[at]));
  const parent = stays ? {} : { parent_id: place.parent };
  if (between !== null) return [{ id, data: { ...parent, sort_order: between } }];
  const wanted = others.toSpliced(at, 0, moved);
  return wanted.flatMap((row, i) => {
    const sort_order = (i + 1) * STEP;
    if (row.id === id) return [{ id, data: { ...parent, sort_order } }];
    return order(row) === sort_order ? [] : [{ id: row.id, data: { sort_order } }];
  });
}

/** A whole number strictly between two, none below zero; null where there is none. */
function room(low: number | null, high: number | null): number | null {
  if (high === null) return (low ?? 0) + STEP;
  if (low === null) return high > 0 ? Math.floor(high / 2) : null;
  const middle = Math.floor((low + high) / 2);
  return middle > low && middle < high ? middle : null;
}

export type Step = 'up' | 'down' | 'in' | 'out';

/** Where one step of the keyboard leads: along its siblings, under the one above, out beside its parent. */
export function stepped(pages: Page[], id: number, step: Step): Place | null {
  const here = beside(pages, id);
  if (!here) return null;
  const at = here.all.findIndex((page) => page.row.id === id);
  if (step === 'up') return at > 0 ? { parent: here.parent, before: here.all[at - 1]!.row.id } : null;
  if (step === 'down') {
    return at + 1 < here.all.length ? { parent: here.parent, before: here.all[at + 2]?.row.id ?? null } : null;
  }
  if (step === 'in') return at > 0 ? { parent: here.all[at - 1]!.row.id, before: null } : null;
  if (here.parent === null) return null;
  const above = beside(pages, here.parent)!;
  const after = above.all.findIndex((page) => page.row.id === here.parent) + 1;
  return { parent: above.parent, before: above.all[after]?.row.id ?? null };
}
