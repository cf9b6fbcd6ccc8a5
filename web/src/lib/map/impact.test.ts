import { expect, it } from 'vitest';

import type { Impact } from '../api/types.ts';
import { forest } from './forest.ts';
import { byDepth, harm } from './impact.ts';

const ref = (id: number) => ({ id, kind: 'vms', name: `n${id}` });
/** 1 carries 2; 3 depends on 2; 4 is only cabled to 1. */
const IMPACT: Impact = {
  item: ref(1),
  affected: [
    {
      ...ref(3),
      depth: 2,
      path: [
        { id: 2, name: 'n2', rel: 'parent' },
        { id: 3, name: 'n3', rel: 'depends_on' },
      ],
    },
    { ...ref(2), depth: 1, path: [{ id: 2, name: 'n2', rel: 'parent' }] },
  ],
};
const line = (id: number, from: number, to: number, rel: 'parent' | 'depends_on' | 'connected_to') => ({
  ...{ id, from, to, rel },
  label: '',
});
const LINES = [
  line(10, 1, 2, 'parent'),
  line(11, 3, 2, 'depends_on'),
  line(12, 1, 4, 'connected_to'),
  line(13, 2, 3, 'depends_on'),
  line(14, 9, 3, 'parent'),
];

it('marks the lines along which harm spreads, each in its direction, and no others', () => {
  const found = harm(
    IMPACT,
    LINES,
    forest([1, 2, 3, 4, 9], (id) => ({ 2: 1, 3: 9 })[id]),
  );
  expect([...found.lines]).toEqual([10, 11]);
  expect(found.depth).toEqual(
    new Map([
      [3, 2],
      [2, 1],
    ]),
  );
});

it('lights what is affected and what that is drawn in', () => {
  const found = harm(
    IMPACT,
    LINES,
    forest([1, 2, 3, 4, 9], (id) => ({ 2: 1, 3: 9 })[id]),
  );
  expect([...found.lit].sort()).toEqual([1, 2, 3, 9]);
});

it('lists the nearest first', () => {
  expect(byDepth(IMPACT).map(([depth, all]) => [depth, all.map(({ id }) => id)])).toEqual([
    [1, [2]],
    [2, [3]],
  ]);
});
