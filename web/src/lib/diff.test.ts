import { describe, expect, it } from 'vitest';

import { count, lines, words } from './diff.ts';

describe('differences', () => {
  it('mark the words that changed', () => {
    expect(words('Debian 12', 'Debian 13').filter((piece) => piece.mark !== 'same')).toEqual([
      { text: '12', mark: 'removed' },
      { text: '13', mark: 'added' },
    ]);
  });
  it('number the lines of both sides and fold what did not change', () => {
    const before = Array.from({ length: 20 }, (_, i) => `line ${i}`).join('\n');
    const all = lines(before, before.replace('line 10', 'line ten'));
    expect([count(all, 'added'), count(all, 'removed')]).toEqual([1, 1]);
    expect(all.filter((line) => line.mark === 'fold').map((line) => line.hidden)).toEqual([7, 6]);
    expect(all.find((line) => line.mark === 'removed')).toMatchObject({ before: 11, after: null });
    expect(all.find((line) => line.mark === 'added')!.pieces.at(-1)).toEqual({ text: 'ten', mark: 'added' });
  });
});
