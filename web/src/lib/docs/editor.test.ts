import { currentCompletions } from '@codemirror/autocomplete';
import { undo } from '@codemirror/commands';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Editor, type Named } from './editor.ts';

const onchange = vi.fn();
const onpictures = vi.fn();
let editor: Editor;
let names: Named[];
beforeEach(() => {
  vi.clearAllMocks();
  names = [];
  const hooks = { onchange, onpictures, names: () => names, onsave: () => {}, onscroll: () => {} };
  editor = new Editor(document.body, 'one\r\ntwo', hooks);
});
afterEach(() => editor.close());
const text = () => editor.view.state.doc.toString();

describe('the editor', () => {
  it('takes ends of lines of any kind without adding lines', () => {
    editor.take('one\r\ntwo\r\nthree');
    expect(text()).toBe('one\ntwo\nthree');
    expect(onchange).not.toHaveBeenCalled();
  });
  it("takes back own words only, not somebody else's", () => {
    editor.take('one\ntwo\ntheirs');
    editor.view.dispatch({ changes: { from: 0, insert: 'mine ' }, userEvent: 'input' });
    undo(editor.view);
    undo(editor.view);
    expect(text()).toBe('one\ntwo\ntheirs');
  });
  it('offers names that come after one has begun to write one, and to nobody else', async () => {
    const offered = () => currentCompletions(editor.view.state).map(({ label }) => label);
    // The DOM of these tests cannot move the cursor of what has the focus.
    vi.spyOn(editor.view, 'hasFocus', 'get').mockReturnValue(true);
    editor.view.dispatch({ changes: { from: 0, insert: 'see [[nas' }, selection: { anchor: 9 } });
    names = [{ name: 'nas-01', kind: 'Hardware' }];
    editor.renamed();
    await vi.waitFor(() => expect(offered()).toEqual(['nas-01']));
    editor.view.dispatch({ selection: { anchor: 2 } });
    editor.renamed();
    expect(offered()).toEqual([]);
  });
  it.each([
    ['a picture alone', '', 1],
    ['cells with a picture of them', 'a\tb', 0],
  ])('pastes %s', (_, plain, times) => {
    const event = new Event('paste', { bubbles: true, cancelable: true });
    const files = [new File(['x'], 'x.png', { type: 'image/png' })];
    Object.assign(event, { clipboardData: { files, getData: () => plain } });
    editor.view.contentDOM.dispatchEvent(event);
    expect(onpictures).toHaveBeenCalledTimes(times);
  });
});
