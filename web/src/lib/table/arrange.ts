/** Changing which columns a list shows: order, width, presence. */
import { fitting, type Choice } from './choice.ts';
import type { Listed } from './columns.ts';
import type { ListState } from './list.svelte.ts';

/** The columns that are shown now, with the widths that were set. */
export function arrangement<T extends Listed>(list: ListState<T>): Choice[] {
  const widths = new Map(list.choice?.map((one) => [one.id, one.width]));
  return list.columns.map(({ id }) => {
    const width = widths.get(id);
    return width ? { id, width } : { id };
  });
}

export const withWidth = (choice: readonly Choice[], id: string, width: number | null): Choice[] =>
  choice.map((one) => (one.id === id ? (width ? { id, width: fitting(width) } : { id }) : one));

/** One place up or down; at an end it stays. */
export function moved(choice: readonly Choice[], id: string, by: -1 | 1): Choice[] {
  const at = choice.findIndex((one) => one.id === id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= choice.length) return [...choice];
  const rest = choice.toSpliced(at, 1);
  return rest.toSpliced(to, 0, choice[at]!);
}

export const shown = (choice: readonly Choice[], id: string, on: boolean): Choice[] =>
  on ? [...choice.filter((one) => one.id !== id), { id }] : choice.filter((one) => one.id !== id);

/** Follows the pointer from the edge of a column's head until it is let go. */
export function drag<T extends Listed>(event: PointerEvent, list: ListState<T>, id: string) {
  const handle = event.target as HTMLElement;
  const width = handle.parentElement!.getBoundingClientRect().width;
  const choice = arrangement(list);
  const ended = new AbortController();
  const move = (now: PointerEvent) => list.choose(withWidth(choice, id, width + now.clientX - event.clientX));
  addEventListener('pointermove', move, { signal: ended.signal });
  for (const end of ['pointerup', 'pointercancel']) {
    addEventListener(end, () => ended.abort(), { signal: ended.signal });
  }
}
