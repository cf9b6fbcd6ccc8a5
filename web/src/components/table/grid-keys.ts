/** Keyboard of a list: one tab stop, the cursor moves inside it. */
import type { Listed } from '../../lib/table/columns.ts';
import type { ListState } from '../../lib/table/list.svelte.ts';
import type { VirtualRows } from '../../lib/table/virtual.svelte.ts';

export interface RowVerbs<T extends Listed> {
  open: (row: T) => void;
  edit?: (row: T) => void;
  duplicate?: (row: T) => void;
  menu?: (row: T) => void;
}
const HEADER = 34;

export function gridKeys<T extends Listed>(
  event: KeyboardEvent,
  list: ListState<T>,
  view: VirtualRows,
  verbs: RowVerbs<T>,
  selectable: boolean,
) {
  if (event.target !== event.currentTarget) return;
  const last = list.rows.length - 1;
  const row = list.rows[list.cursor];
  const move = (to: number) => {
    list.cursor = Math.max(0, Math.min(last, to));
    view.reveal(list.cursor, HEADER);
    const now = list.rows[list.cursor];
    if (selectable && event.shiftKey && now) {
      if (row && !list.table.selected.has(row.id)) list.table.pick(row.id);
      list.table.pickTo(now.id, list.rows);
    }
  };
  const page = Math.max(1, Math.floor(view.height / view.row) - 1);
  const moves: Record<string, () => void> = {
    ArrowDown: () => move(list.cursor + 1),
    j: () => move(list.cursor + 1),
    ArrowUp: () => move(list.cursor - 1),
    k: () => move(list.cursor - 1),
    PageDown: () => move(list.cursor + page),
    PageUp: () => move(list.cursor - page),
    Home: () => move(0),
    End: () => move(last),
    Escape: () => {
      list.table.clear();
      list.cursor = -1;
    },
  };
  const pick = selectable ? (r: T) => list.table.pick(r.id) : undefined;
  const onRow: Record<string, ((row: T) => void) | undefined> = {
    Enter: verbs.open,
    x: pick,
    ' ': pick,
    e: verbs.edit,
    d: verbs.duplicate,
    m: verbs.menu,
    ContextMenu: verbs.menu,
  };
  const command = event.ctrlKey || event.metaKey;
  const act = command
    ? selectable && event.key === 'a'
      ? () => list.table.pickAll(list.rows)
      : undefined
    : (moves[event.key] ?? (row && onRow[event.key] ? () => onRow[event.key]!(row) : undefined));
  if (!act || last < 0) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}
