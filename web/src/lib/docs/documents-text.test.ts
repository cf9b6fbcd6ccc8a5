import { describe, expect, it } from 'vitest';

import type { Row } from '../api/types.ts';
import { found } from './find.ts';
import { shaded } from './highlight.ts';
import { mentioned, mentioning, renamed } from './mentions.ts';
import { tasks, toggled } from './tasks.ts';
import { wordsIn } from './text.ts';

const page = (id: number, title: string, content: string) => ({ id, title, content }) as unknown as Row;

describe('tasks', () => {
  const SOURCE =
    '# List\n\n- [ ] one\n- [x] two\n  1. [ ] deeper\n\n```\n- [ ] code\n```\n\n> - [ ] quoted\n\n* [X] star\n';
  it('are counted as they are shown', () => expect(tasks(SOURCE)).toEqual([false, true, false, false, true]));
  it.each([
    [0, '- [ ] one', '- [x] one'],
    [1, '- [x] two', '- [ ] two'],
    [2, '1. [ ] deeper', '1. [x] deeper'],
    [3, '> - [ ] quoted', '> - [x] quoted'],
    [4, '* [X] star', '* [ ] star'],
  ])('number %i alone is turned over', (index, before, after) =>
    expect(toggled(SOURCE, index)).toBe(SOURCE.replace(before, after)),
  );
  it('that look alike are told apart', () =>
    expect(toggled('- [ ] a\n- [ ] a\n- [ ] a', 1)).toBe('- [ ] a\n- [x] a\n- [ ] a'));
  it('in an indented block of code are none', () => {
    const source = 'text\n\n    - [ ] code\n\n- [ ] real';
    expect(toggled(source, 0)).toBe('text\n\n    - [ ] code\n\n- [x] real');
  });
  it('that are not there stay so', () => expect(toggled('- [ ] a', 1)).toBeNull());
});

describe('mentions', () => {
  const TEXT =
    'See [[NAS]] and [[nas]], then [[pve 1]].\n\n```sh\necho [[code]]\n```\n\nAlso `[[inline]]` and [[ spaced ]].';
  it('are the names outside of code, each once', () => expect(mentioned(TEXT)).toEqual(['NAS', 'pve 1', 'spaced']));
  it('lead back from what they name', () => {
    const rows = [
      page(1, 'A', 'on [[Nas]]'),
      page(2, 'B', '`[[nas]]`'),
      page(3, 'C', 'see [it](/items/9)'),
      page(4, 'D', '[x](/items/99)'),
    ];
    expect(mentioning(rows, { id: 9, name: 'nas', path: '/items/9' }).map((row) => row.id)).toEqual([1, 3]);
  });
  it('follow a new name, and code does not', () =>
    expect(renamed(TEXT, 'nas', 'truenas')).toBe(TEXT.replace('[[NAS]] and [[nas]]', '[[truenas]] and [[truenas]]')));
});

it('empty lines by the hundred thousand are read in one go', () => {
  const source = '\n'.repeat(200_000);
  expect(mentioned(`${source}[[nas]]`)).toEqual(['nas']);
  expect(toggled(`${source}- [ ] a`, 0)).toBe(`${source}- [x] a`);
});

describe('looking through documents', () => {
  const rows = [page(1, 'UPS failover', 'When **power** drops'), page(2, 'Power cut', 'nothing'), page(3, 'Else', 'x')];
  it('finds titles before texts', () => expect(found(rows, 'power').map((hit) => hit.row.id)).toEqual([2, 1]));
  it('wants every word, wherever it stands', () =>
    expect(found(rows, 'ups drops').map((hit) => hit.row.id)).toEqual([1]));
  it('shows the place', () =>
    expect(found(rows, 'DROPS')[0]!.around).toEqual({ before: 'When **power** ', match: 'drops', after: '' }));
});

describe('colours of code', () => {
  const shades = (code: string, language: string) =>
    shaded(code, language)
      ?.filter((part) => part.shade)
      .map((part) => `${part.shade}:${part.text}`);
  it.each([
    [
      'sh',
      'if [ -n "$HOME" ]; then # why',
      ['keyword:if', 'keyword:-n', 'string:"$HOME"', 'keyword:then', 'comment:# why'],
    ],
    [
      'yaml',
      'image: "nginx" # web\nports:\n  - 80',
      ['name:image', 'string:"nginx"', 'comment:# web', 'name:ports', 'number:80'],
    ],
    [
      'json',
      '{"a": "b", "n": 1, "t": true}',
      ['name:"a"', 'string:"b"', 'name:"n"', 'number:1', 'name:"t"', 'keyword:true'],
    ],
    ['ini', '[Unit]\nAfter=network.target', ['keyword:[Unit]', 'name:After']],
    ['diff', '-a\n+b', ['removed:-a', 'added:+b']],
  ])('%s', (language, code, wanted) => expect(shades(code, language)).toEqual(wanted));
  it('lose no character', () => {
    const code = 'x="unclosed\n\'also\n`${a}` // <b>&amp;</b> /* open';
    for (const language of ['sh', 'yaml', 'json', 'ini', 'js', 'python', 'sql', 'nginx', 'dockerfile', 'diff'])
      expect(
        shaded(code, language)!
          .map((part) => part.text)
          .join(''),
      ).toBe(code);
  });
  it('are right behind a quote without an end', () => {
    expect(shades('a="b" c="x', 'sh')).toEqual(['string:"b"']);
    expect(shades('f() /* to the end', 'js')).toEqual(['comment:/* to the end']);
    expect(shades('echo ${A', 'sh')).toEqual(['name:${A']);
  });
  // Each took seconds where a rule looked through the whole block from every place at which it could begin.
  it.each([
    ['sh', String.raw`\"`],
    ['sh', '${'],
    ['js', '/*'],
    ['js', String.raw`\'` + '\\`'],
    ['sql', '/*'],
    ['yaml', '-'],
    ['yaml', 'a'],
    ['yaml', '- '],
    ['json', String.raw`\"`],
    ['json', '"": '],
    ['python', String.raw`\"`],
    ['ini', 'a '],
    ['nginx', 'a'],
  ])('%s: a hostile block of %j is done in no time', (language, piece) => {
    const code = piece.repeat(Math.floor(40_000 / piece.length));
    const start = performance.now();
    shaded(code, language);
    expect(performance.now() - start).toBeLessThan(400);
  });
  it('are not guessed', () => expect(shaded('x', 'brainfuck')).toBeNull());
});

it('counts words, not marks', () => expect(wordsIn('# A *b* — it’s 3 `c-d`\n\n| - |')).toBe(5));
