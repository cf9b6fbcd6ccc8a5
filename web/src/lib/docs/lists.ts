/** Enter in a list goes on with the list; in an item without words it ends it. */
import type { StateCommand } from '@codemirror/state';

const ITEM = /^(\s*(?:>\s*)*)(?:([-*+])|(\d{1,9})([.)]))(\s+)(\[[ xX]\]\s+)?/;

/** What the next line begins with, after this one; null where this is no item of a list. */
export function nextItem(line: string): { mark: string; empty: boolean } | null {
  const found = ITEM.exec(line);
  if (!found) return null;
  const [whole, indent, bullet, count, dot, space, box] = found;
  const mark = bullet ?? `${Number(count) + 1}${dot}`;
  return { mark: `${indent}${mark}${space}${box ? '[ ] ' : ''}`, empty: line.length === whole.length };
}

export const goOnWithList: StateCommand = ({ state, dispatch }) => {
  const { main, ranges } = state.selection;
  if (ranges.length > 1 || !main.empty) return false;
  const line = state.doc.lineAt(main.head);
  const next = nextItem(line.text);
  if (!next || main.head < line.from + (ITEM.exec(line.text)?.[0].length ?? 0)) return false;
  // A line without words between: what follows would belong to the item.
  const change = next.empty
    ? { changes: { from: line.from, to: line.to, insert: '\n' }, selection: { anchor: line.from + 1 } }
    : {
        changes: { from: main.head, insert: `\n${next.mark}` },
        selection: { anchor: main.head + next.mark.length + 1 },
      };
  dispatch(state.update(change, { scrollIntoView: true, userEvent: 'input' }));
  return true;
};
