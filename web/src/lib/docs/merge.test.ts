import { describe, expect, it } from 'vitest';

import { meet, type Conflict } from './meet.ts';
import { bothOf, bothSides } from './merge.ts';
import type { Read, Text } from './text.ts';

const conflictOf = (base: Text, mine: Text, theirs: Read): Conflict => ({
  base,
  mine,
  theirs,
  contested: meet(base, mine, theirs).contested,
});
const BASE = 'one\ntwo\nthree\nfour\nfive';

describe('two texts in one', () => {
  it.each([
    [
      'lines far from each other',
      'ONE\ntwo\nthree\nfour\nfive',
      'one\ntwo\nthree\nfour\nFIVE',
      'ONE\ntwo\nthree\nfour\nFIVE',
    ],
    ['added above and taken away below', 'zero\n' + BASE, 'one\ntwo\nthree\nfour', 'zero\none\ntwo\nthree\nfour'],
    ['the same change twice', 'one\n2\nthree\nfour\nfive', 'one\n2\nthree\nfour\nfive', 'one\n2\nthree\nfour\nfive'],
    ['the same change, and another', 'one\n2\nthree\nfour\nfive', 'one\n2\nthree\nfour\n5', 'one\n2\nthree\nfour\n5'],
    ['only theirs', BASE, 'one', 'one'],
    ['only mine', 'one', BASE, 'one'],
  ])('%s', (_, mine, theirs, wanted) => expect(bothOf(BASE, mine, theirs)).toBe(wanted));

  it.each([
    ['the same line', 'one\nTWO\nthree\nfour\nfive', 'one\ntwo!\nthree\nfour\nfive'],
    ['neighbouring lines', 'one\nTWO\nthree\nfour\nfive', 'one\ntwo\nTHREE\nfour\nfive'],
    ['additions in one place', BASE + '\nsix', BASE + '\nsechs'],
    ['a line rewritten here and gone there', 'one\ntwo\nthree!\nfour\nfive', 'one\ntwo\nfour\nfive'],
  ])('are for a person: %s', (_, mine, theirs) => expect(bothOf(BASE, mine, theirs)).toBeNull());
});

describe('what is on the hub and what is written here', () => {
  const base = { title: 'Plan', content: BASE };
  it('stay both where they are different parts', () => {
    const { text, contested } = meet(base, { ...base, content: 'mine' }, { ...base, title: 'Theirs' });
    expect([text, contested]).toEqual([{ title: 'Theirs', content: 'mine' }, []]);
  });
  it('are contested where both wrote the same part', () => {
    const conflict = conflictOf(
      base,
      { ...base, content: `0\n${BASE}` },
      { title: 'New', content: `${BASE}\n6`, rev: 4 },
    );
    expect(conflict.contested).toEqual(['content']);
    expect(bothSides(conflict)).toEqual({ title: 'New', content: `0\n${BASE}\n6` });
  });
  it('are not brought together where both chose a title', () => {
    const conflict = conflictOf(base, { ...base, title: 'A' }, { ...base, title: 'B', rev: 4 });
    expect([conflict.contested, bothSides(conflict)]).toEqual([['title'], null]);
  });
});
