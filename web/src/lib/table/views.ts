/** What a saved view is in the address, and what of it is different now. */
import type { SavedView } from '../api/views.ts';
import { writeChoice, type Choice } from './choice.ts';
import { RESERVED } from './filters.ts';

/** Of the page, and not of what its list shows. */
const OF_THE_VIEW = new Set(['q', 'sort']);

const kept = (query: URLSearchParams) =>
  [...query].filter(([name, value]) => value !== '' && (OF_THE_VIEW.has(name) || !RESERVED.has(name)));

/** Words, filters and order of an address, in one order, so that two can be compared. */
export const viewQuery = (query: URLSearchParams): string =>
  new URLSearchParams(kept(query).sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))).toString();

/** The address of a view says what it shows, so that it reads the same when the view is gone. */
export function viewAddress(view: Pick<SavedView, 'id' | 'query'>): URLSearchParams {
  const params = new URLSearchParams([['view', String(view.id)]]);
  for (const [name, value] of new URLSearchParams(view.query)) params.append(name, value);
  return params;
}

export const viewPath = (view: Pick<SavedView, 'id' | 'list'>): string =>
  `/inventory${view.list === 'all' ? '' : `/${view.list}`}?view=${view.id}`;

export const columnsOf = (view: SavedView): Choice[] | null =>
  view.columns?.map(({ id, width }) => (width ? { id, width } : { id })) ?? null;

/** What the list shows is not what the view says any more. */
export function differs(view: SavedView, query: URLSearchParams, choice: Choice[] | null): boolean {
  const text = (columns: Choice[] | null) => columns && writeChoice(columns);
  return viewQuery(query) !== viewQuery(new URLSearchParams(view.query)) || text(choice) !== text(columnsOf(view));
}

/** The view with which a list opens: one's own comes before that of everyone. */
export function opening(views: readonly SavedView[], list: string): SavedView | undefined {
  const open = views.filter((view) => view.opens && view.list === list);
  return open.find((view) => !view.everyone) ?? open[0];
}
