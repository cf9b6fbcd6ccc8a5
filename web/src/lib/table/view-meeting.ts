/** Two who save the same view: what they changed apart is brought together, what both changed is asked about. */
import { isApiError } from '../api/http.ts';
import { saveView, type SavedView, type ViewDraft } from '../api/views.ts';

const PARTS = ['name', 'query', 'columns', 'everyone', 'opens'] as const;
export type ViewPart = (typeof PARTS)[number];
/** A view as somebody wants it. */
export type Wanted = Pick<ViewDraft, ViewPart>;

export interface ViewConflict {
  /** What is there now. */
  theirs: SavedView;
  /** Mine, with what only they changed. */
  mine: Wanted;
  /** What both changed, and not to the same. */
  contested: ViewPart[];
}

const same = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

export function meetViews(base: SavedView, mine: Wanted, theirs: SavedView): ViewConflict {
  const changed = (from: Wanted) => PARTS.filter((part) => !same(from[part], base[part]));
  const own = changed(mine);
  const kept = Object.fromEntries(PARTS.map((part) => [part, (own.includes(part) ? mine : theirs)[part]]));
  const contested = changed(theirs).filter((part) => own.includes(part) && !same(mine[part], theirs[part]));
  return { theirs, mine: kept as Wanted, contested };
}

/** The view as it is now, when a write was refused because somebody was quicker. */
export const quicker = (error: unknown): SavedView | null =>
  isApiError(error, 'stale_revision') ? ((error.details?.current as SavedView | undefined) ?? null) : null;

/** Saves over `base` and over nothing newer; what only they changed since stays as they have it. */
export async function saveOver(base: SavedView, mine: Wanted): Promise<SavedView | ViewConflict> {
  try {
    return await saveView({ ...mine, id: base.id, rev: base.rev, list: base.list });
  } catch (error) {
    const theirs = quicker(error);
    if (!theirs) throw error;
    const conflict = meetViews(base, mine, theirs);
    return conflict.contested.length ? conflict : saveOver(theirs, conflict.mine);
  }
}

export const isConflict = (answer: SavedView | ViewConflict): answer is ViewConflict => 'theirs' in answer;
