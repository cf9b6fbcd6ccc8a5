import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';

import { goOnWithList } from './lists.ts';

/** The text after Enter at the end of it, with the cursor as `|`; null where Enter means nothing special. */
function enter(doc: string): string | null {
  let state = EditorState.create({ doc, selection: { anchor: doc.length } });
  if (!goOnWithList({ state, dispatch: (transaction) => (state = transaction.state) })) return null;
  const { head } = state.selection.main;
  return `${state.sliceDoc(0, head)}|${state.sliceDoc(head)}`;
}

describe('Enter in a list', () => {
  it.each([
    ['- a', '- a\n- |'],
    ['  * a', '  * a\n  * |'],
    ['9. a', '9. a\n10. |'],
    ['- [x] a', '- [x] a\n- [ ] |'],
    ['> - a', '> - a\n> - |'],
    ['- a\n- ', '- a\n\n|'],
    ['- a\n- [ ] ', '- a\n\n|'],
  ])('%j goes on or ends', (before, after) => expect(enter(before)).toBe(after));
  it.each(['plain', '-a', '**bold** - x', '2026. '.trim()])('%j is no list', (text) => expect(enter(text)).toBeNull());
});
