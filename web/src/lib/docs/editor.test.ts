import { undo } from '@codemirror/commands';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Editor } from './editor.ts';

const onchange = vi.fn();
const onpictures = vi.fn();
let editor: Editor;
beforeEach(() => {
  vi.clearAllMocks();
  const hooks = { onchange, onpictures, names: () => [], onsave: () => {}, onscroll: () => {} };
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
