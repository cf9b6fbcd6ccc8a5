import { expect, it } from 'vitest';

import { marked } from './spans.ts';

it('what the guard says is marked where it says it, counted in bytes', () => {
  const command = 'echo grüße; rm -rf "/srv/ä"';
  const start = new TextEncoder().encode('echo grüße; ').length;
  const end = new TextEncoder().encode(command).length;
  expect(marked(command, [{ span: { start, end }, level: 'confirm' }])).toEqual([
    { text: 'echo grüße; ', level: null, reasons: [] },
    { text: 'rm -rf "/srv/ä"', level: 'confirm', reasons: [1] },
  ]);
});

it('where two reasons meet, the worse one colours, and both are named', () => {
  const pieces = marked('abcd', [
    { span: { start: 0, end: 3 }, level: 'confirm' },
    { span: { start: 2, end: 9 }, level: 'deny' },
  ]);
  expect(pieces.map(({ text, level, reasons }) => [text, level, reasons])).toEqual([
    ['ab', 'confirm', [1]],
    ['c', 'deny', [1, 2]],
    ['d', 'deny', [2]],
  ]);
});

it('without a reason it is one piece', () => {
  expect(marked('uptime', [])).toEqual([{ text: 'uptime', level: null, reasons: [] }]);
});
