/** Keyboard of a list: one tab stop, the cursor moves inside it. */
import type { Row } from '../../lib/api/types.ts';
import type { ListState } from '../../lib/table/list.svelte.ts';
import type { VirtualRows } from '../../lib/table/virtual.svelte.ts';

export interface RowVerbs {
  open: (row: Row) => void;
  edit: (row: Row) => void;
  duplicate: (row: Row) => void;
}
const HEADER = 34;

export function gridKeys(event: KeyboardEvent, list: ListState, view: VirtualRows, verbs: RowVerbs) {
  if (event.target !== event.currentTarget) return;
  const last = list.rows.length - 1;
  const row = list.rows[list.cursor];
  const move = (to: number) => {
    list.cursor = Math.max(0, Math.min(last, to));
    view.reveal(list.cursor, HEADER);
    const now = list.rows[list.cursor];
    if (event.shiftKey && now) {
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
  const onRow: Record<string, (row: Row) => void> = {
    Enter: verbs.open,
    x: (r) => list.table.pick(r.id),
    ' ': (r) => list.table.pick(r.id),
    e: verbs.edit,
    d: verbs.duplicate,
  };
  const command = event.ctrlKey || event.metaKey;
  const act = command
    ? event.key === 'a'
      ? () => list.table.pickAll(list.rows)
      : undefined
    : (moves[event.key] ?? (row && onRow[event.key] ? () => onRow[event.key]!(row) : undefined));
  if (!act || last < 0) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}
