/** The Markdown editor: CodeMirror by parts, with the parser of Markdown alone (no parsers of HTML, CSS and scripts). */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete';
import type { Completion, CompletionContext } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import {
  defineLanguageFacet,
  HighlightStyle,
  indentNodeProp,
  Language,
  languageDataProp,
  syntaxHighlighting,
} from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState, Transaction } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { GFM, parser } from '@lezer/markdown';

import { goOnWithList } from './lists.ts';

const data = defineLanguageFacet({
  commentTokens: { block: { open: '<!--', close: '-->' } },
  // Prose is full of apostrophes.
  closeBrackets: { brackets: ['(', '[', '{', '`'] },
});
const markdown = new Language(
  data,
  parser.configure([
    GFM,
    { props: [languageDataProp.add({ Document: data }), indentNodeProp.add({ Document: () => null })] },
  ]),
  [],
  'markdown',
);

const colours = HighlightStyle.define([
  { tag: tags.heading1, fontSize: '1.35em', fontWeight: '650', letterSpacing: '-0.015em' },
  { tag: tags.heading2, fontSize: '1.15em', fontWeight: '650' },
  { tag: tags.heading, fontWeight: '650' },
  { tag: tags.strong, fontWeight: '650' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  { tag: tags.monospace, fontFamily: 'var(--font-mono)', fontSize: '.92em', color: 'var(--ink-2)' },
  { tag: [tags.link, tags.url, tags.atom], color: 'var(--accent)' },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.labelName], color: 'var(--ink-3)' },
  { tag: tags.quote, color: 'var(--ink-2)' },
]);

const field = {
  height: '30px',
  padding: '0 8px',
  border: '1px solid var(--field)',
  borderRadius: '6px',
  background: 'var(--surface)',
  color: 'var(--ink)',
  fontSize: '13px',
};
const look = EditorView.theme({
  '&': { height: '100%', fontSize: '14.5px', color: 'var(--ink)', background: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-sans)', lineHeight: '1.68', padding: '18px 0 30vh' },
  '.cm-content': { padding: '0 24px', maxWidth: '768px', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0' },
  // A browser in the hand zooms into smaller letters.
  '@media (pointer: coarse)': { '&': { fontSize: '16px' }, '.cm-content': { padding: '0 16px' } },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    background: 'color-mix(in oklab, var(--accent) 22%, transparent)',
  },
  '.cm-placeholder': { color: 'var(--ink-3)' },
  '.cm-selectionMatch': { background: 'var(--active)' },
  '.cm-searchMatch': { background: 'var(--warn-soft)', outline: '1px solid var(--warn-fill)' },
  '.cm-searchMatch-selected': { background: 'color-mix(in oklab, var(--warn-fill) 45%, transparent)' },
  '.cm-panels': { background: 'var(--sunken)', color: 'var(--ink)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panel.cm-search': {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '6px',
    padding: '8px 36px 8px 24px',
    fontFamily: 'var(--font-sans)',
  },
  '.cm-panel.cm-search br': { flexBasis: '100%', content: '""' },
  '.cm-panel.cm-search label': {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '4px',
    fontSize: '12px',
    margin: '0',
  },
  '.cm-panel.cm-search [name=close]': {
    top: '8px',
    right: '10px',
    width: '24px',
    height: '24px',
    color: 'var(--ink-2)',
  },
  '.cm-textfield': { ...field, margin: '0' },
  '.cm-button': { ...field, margin: '0', borderColor: 'var(--line-2)', backgroundImage: 'none', cursor: 'pointer' },
  '.cm-tooltip': {
    background: 'var(--raised)',
    color: 'var(--ink)',
    border: '1px solid var(--line-2)',
    borderRadius: '9px',
    boxShadow: 'var(--shadow-2)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-sans)', fontSize: '13px', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '5px 9px', borderRadius: '6px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--active)', color: 'var(--ink)' },
  '.cm-completionDetail': { color: 'var(--ink-3)', fontStyle: 'normal', marginLeft: '10px' },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)', fontWeight: '550' },
});

/** From outside, not from the keyboard. */
const given = Annotation.define<boolean>();

export interface Named {
  name: string;
  kind: string;
}

export interface Hooks {
  onchange: (content: string) => void;
  /** Everything that `[[` can name. */
  names: () => readonly Named[];
  onsave: () => void;
  /** Pictures that were pasted or dropped. */
  onpictures: (files: File[]) => void;
  onscroll: (share: number) => void;
}

/** A name is being written. */
const NAMING = /\[\[[^[\]\n]*$/;

function completeNames(names: Hooks['names']) {
  return (context: CompletionContext) => {
    const typed = context.matchBefore(NAMING);
    if (!typed) return null;
    const rest = context.state.sliceDoc(context.pos, context.pos + 2);
    const close = rest === ']]' ? '' : rest.startsWith(']') ? ']' : ']]';
    const options: Completion[] = names().map(({ name, kind }) => ({
      label: name,
      detail: kind,
      apply: (view, _completion, from, to) =>
        view.dispatch({
          changes: { from, to, insert: `${name}${close}` },
          selection: { anchor: from + name.length + 2 },
        }),
    }));
    return { from: typed.from + 2, options, validFor: /^[^[\]\n]*$/ };
  };
}

const pictures = (files: FileList | undefined) => [...(files ?? [])].filter((file) => file.type.startsWith('image/'));

export class Editor {
  readonly view: EditorView;

  constructor(parent: HTMLElement, content: string, hooks: Hooks) {
    const takePictures = (event: Event, files: FileList | undefined) => {
      const found = pictures(files);
      if (!found.length) return false;
      event.preventDefault();
      hooks.onpictures(found);
      return true;
    };
    const save = () => (hooks.onsave(), true);
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: content,
        extensions: [
          history(),
          drawSelection(),
          EditorView.lineWrapping,
          closeBrackets(),
          autocompletion({ override: [completeNames(hooks.names)], icons: false, interactionDelay: 0 }),
          search({ top: true }),
          highlightSelectionMatches({ minSelectionLength: 3 }),
          markdown,
          syntaxHighlighting(colours),
          look,
          placeholder('Write what your future self must know. [[ links an item.'),
          keymap.of([
            { key: 'Mod-s', run: save },
            { key: 'Mod-b', run: () => this.wrap('**') },
            { key: 'Mod-i', run: () => this.wrap('_') },
            { key: 'Mod-e', run: () => this.wrap('`') },
            { key: 'Enter', run: goOnWithList },
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...searchKeymap.filter(({ key }) => key !== 'Mod-Alt-g'),
            ...defaultKeymap,
            ...historyKeymap,
          ]),
          EditorView.contentAttributes.of({
            'aria-label': 'Text of the document',
            spellcheck: 'true',
            autocorrect: 'on',
          }),
          EditorView.domEventHandlers({
            // Cells of a spreadsheet are copied as text and as a picture of it.
            paste: (event) =>
              !event.clipboardData?.getData('text/plain') && takePictures(event, event.clipboardData?.files),
            drop: (event) => takePictures(event, event.dataTransfer?.files),
            scroll: (_event, view) => {
              const { scrollTop, scrollHeight, clientHeight } = view.scrollDOM;
              hooks.onscroll(scrollHeight > clientHeight ? scrollTop / (scrollHeight - clientHeight) : 0);
            },
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.annotation(given)))
              hooks.onchange(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  /** There are other names than before: whoever is just writing one chooses among these. */
  renamed() {
    const { doc, selection } = this.view.state;
    const { from } = doc.lineAt(selection.main.head);
    if (this.view.hasFocus && NAMING.test(doc.sliceString(from, selection.main.head))) startCompletion(this.view);
  }

  /** A text that came from elsewhere; the cursor stays at its words. */
  take(text: string) {
    // The editor counts each end of a line as one character.
    const content = text.replace(/\r\n?/g, '\n');
    const now = this.view.state.doc.toString();
    if (now === content) return;
    let start = 0;
    while (start < now.length && now[start] === content[start]) start += 1;
    let end = 0;
    const most = Math.min(now.length, content.length) - start;
    while (end < most && now.at(-1 - end) === content.at(-1 - end)) end += 1;
    this.view.dispatch({
      changes: { from: start, to: now.length - end, insert: content.slice(start, content.length - end) },
      annotations: [given.of(true), Transaction.addToHistory.of(false)],
    });
  }

  /** Puts a mark on both sides of what is selected, or takes it away. */
  wrap(mark: string, closing = mark): boolean {
    const { state } = this.view;
    const { from, to } = state.selection.main;
    const around =
      state.sliceDoc(from - mark.length, from) === mark && state.sliceDoc(to, to + closing.length) === closing;
    this.view.dispatch(
      around
        ? {
            changes: [
              { from: from - mark.length, to: from },
              { from: to, to: to + closing.length },
            ],
            userEvent: 'delete',
          }
        : {
            changes: [
              { from, insert: mark },
              { from: to, insert: closing },
            ],
            selection: { anchor: from + mark.length, head: to + mark.length },
            userEvent: 'input',
          },
    );
    this.view.focus();
    return true;
  }

  /** Begins the chosen lines with a mark, or takes it away where all have it. */
  begin(mark: string) {
    const { state } = this.view;
    const { from, to } = state.selection.main;
    const lines = [];
    for (let at = from; at <= to;) {
      const line = state.doc.lineAt(at);
      lines.push(line);
      at = line.to + 1;
    }
    const all = lines.every((line) => line.text.startsWith(mark));
    const change = (line: { from: number }) =>
      all ? { from: line.from, to: line.from + mark.length } : { from: line.from, insert: mark };
    this.view.dispatch({ changes: lines.map(change), userEvent: 'input' });
    this.view.focus();
  }

  /** Puts a block on lines of its own after the one where the cursor is. */
  block(text: string) {
    const { state } = this.view;
    const line = state.doc.lineAt(state.selection.main.head);
    const before = line.text.trim() ? '\n\n' : '';
    const insert = `${before}${text}\n`;
    this.view.dispatch({
      changes: { from: line.to, insert },
      selection: { anchor: line.to + insert.length },
      scrollIntoView: true,
      userEvent: 'input',
    });
    this.view.focus();
  }

  insert(text: string) {
    this.view.dispatch(this.view.state.replaceSelection(text), { userEvent: 'input' });
    this.view.focus();
  }

  close() {
    this.view.destroy();
  }
}
