import { expect, it } from 'vitest';

import { visible } from './visible.ts';

it('writes out what would deceive whoever reads a command', () => {
  expect(visible('rm \u202egpj.x\u202c \u200b/a')).toBe('rm \\u{202e}gpj.x\\u{202c} \\u{200b}/a');
  expect(visible('\u001b[31mred\u0000')).toBe('\\u{1b}[31mred\\u{0}');
});
it('leaves tabs, line breaks and other writing alone', () => {
  expect(visible('a\tb\nc é 日本 👍🏽')).toBe('a\tb\nc é 日本 👍🏽');
});
