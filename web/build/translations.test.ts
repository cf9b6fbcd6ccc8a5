import { describe, expect, it } from 'vitest';
import { IndexTracker } from 'wuchale';

// @ts-expect-error run by node as it is, without types
import { problems } from './translations.mjs';
// @ts-expect-error run by node as it is, without types
import { group, heuristic } from './words.mjs';

const message = (source: string[], forms: string[], fuzzy?: boolean) => ({
  key: source.join('\n').trim(),
  source,
  translations: { de: { forms, fuzzy } },
});
const said = (...texts: string[]) => new Map(texts.map((text) => [text.trim(), new Set([text])]));
const wrong = (...messages: ReturnType<typeof message>[]) =>
  problems(said(...messages.map((one) => one.source.join('\n'))), messages, ['de']) as string[];

describe('translations', () => {
  it('are right when every message has one with the same placeholders and tags, in any order', () => {
    const moved = message(['<0/> of {0} by {1}'], ['{1} hat <0/> von {0}']);
    expect(wrong(message(['Delete'], ['Löschen']), moved, message(['item', 'items'], ['Eintrag', 'Einträge']))).toEqual(
      [],
    );
  });
  it.each([
    ['not translated', message(['Delete'], [''])],
    ['not translated', message(['item', 'items'], ['Eintrag', ' '])],
    ['another number of forms', message(['item', 'items'], ['Einträge'])],
    ['marked as fuzzy', message(['Delete'], ['Löschen'], true)],
    ['other placeholders or tags', message(['Delete {0}?'], ['Löschen?'])],
    ['other placeholders or tags', message(['<0>now</0>'], ['<0/>jetzt'])],
    ['other blanks at its ends', message(['before '], ['vorher'])],
    ['other blanks at its ends', message(['after'], [' nachher'])],
  ])('are wrong when one is %s', (what, one) => {
    expect(wrong(one)).toEqual([`de: ${what}: “${one.source.join(' | ')}”`]);
  });
  it('are behind when the sources say something else', () => {
    const lines = problems(said('New'), [message(['Old'], ['Alt'])], ['de']);
    expect(lines).toEqual(['not taken out yet: “New”', 'nothing says it any more: “Old”']);
  });
});

describe('one key', () => {
  it('stands for one text, blanks at its ends included', () => {
    const twice = new Map([['before', new Set(['before', 'before '])]]);
    expect(problems(twice, [message(['before'], ['vorher'])], ['de'])).toEqual([
      'said with other blanks at its ends: “before”',
    ]);
  });
});

describe('what a person reads', () => {
  const inScript = (text: string, details = {}) =>
    heuristic({ msgStr: [text], details: { scope: 'script', ...details } });
  it.each([
    ['Show all', {}],
    ['these filters', {}],
    ['and # more', {}],
    ['item stands on it', {}],
    ['shown', { property: 'label' }],
    ['yes', { shown: true }],
    ['Shown once; it cannot be seen again.', {}],
    ['Write here. [[ names a page', {}],
  ])('%s is taken out', (text, details) => {
    expect(inScript(text, details)).toBe('message');
  });
  it.each([
    ['ArrowUp', {}],
    ['AbortError', {}],
    ['POST', {}],
    ['content-type', {}],
    ['GiB', {}],
    ['Mod-s', {}],
    ['M5 .8a4.2 4.2 0 1 1 0 8.4Z', {}],
    ['flex items-center gap-2', {}],
    ['text-ink-2', { shown: true }],
    ['grid-cols-[1fr_auto]', { shown: true }],
    ['[scrollbar-width:none] shown', {}],
    ['color:red;top:0', { shown: true }],
    ['polite', { within: 'aria-live' }],
    ['nav, main', { call: 'link.closest' }],
    ['/items/#', {}],
    ['g o', { property: 'keys' }],
  ])('%s is left alone', (text, details) => {
    expect(inScript(text, details)).toBe(false);
  });
});

it('a text that is thrown is taken out', async () => {
  const { transform } = group({}, 'first', []) as {
    transform: (given: object) => Promise<{ msgs: { msgStr: string[] }[] }>;
  };
  const content = "export function f() { throw new Error('Somebody else is signed in'); }";
  const given = { content, filename: 'f.ts', index: new IndexTracker(), expr: { plain: '', reactive: '' } };
  const { msgs } = await transform({ ...given, matchUrl: () => null });
  expect(msgs.map((one) => one.msgStr)).toEqual([['Somebody else is signed in']]);
});
