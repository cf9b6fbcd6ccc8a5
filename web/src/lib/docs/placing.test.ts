import { describe, expect, it } from 'vitest';

import type { Row } from '../api/types.ts';
import { tree, type Page } from '../documents.ts';
import { placings, stepped, type Place } from './placing.ts';

const page = (id: number, parent: number | null, order: number) =>
  ({ id, title: `p${id}`, parent_id: parent, sort_order: order }) as unknown as Row;
const outline = (pages: Page[]): unknown[] =>
  pages.map((one) => (one.children.length ? [one.row.id, outline(one.children)] : one.row.id));

/** The tree after a move, and how many rows were written for it. */
function after(rows: Row[], id: number, place: Place) {
  const writes = placings(rows, id, place);
  const moved = rows.map((row) => ({ ...row, ...writes.find((one) => one.id === row.id)?.data }) as Row);
  return [outline(tree(moved)), writes.length];
}

/** As they are made: every order is 0, and names decide. */
const FRESH = [page(1, null, 0), page(2, null, 0), page(3, null, 0), page(4, 1, 0), page(5, 1, 0)];

describe('a page that is put somewhere', () => {
  it('stands there though no page had a place of its own', () =>
    expect(after(FRESH, 3, { parent: null, before: 1 })).toEqual([[3, [1, [4, 5]], 2], 3]));
  it('goes between two that are apart with one write', () => {
    const rows = [page(1, null, 10), page(2, null, 20), page(3, null, 30)];
    expect(after(rows, 3, { parent: null, before: 2 })).toEqual([[1, 3, 2], 1]);
  });
  it('makes room where there is none', () => {
    const rows = [page(1, null, 1), page(2, null, 2), page(3, null, 3)];
    expect(after(rows, 3, { parent: null, before: 2 })[0]).toEqual([1, 3, 2]);
  });
  it('goes under another, last or first', () => {
    expect(after(FRESH, 2, { parent: 1, before: null })).toEqual([[[1, [4, 5, 2]], 3], 1]);
    expect(after(FRESH, 2, { parent: 1, before: 4 })[0]).toEqual([[1, [2, 4, 5]], 3]);
  });
  it('comes out to the top', () =>
    expect(after(FRESH, 4, { parent: null, before: 2 })[0]).toEqual([[1, [5]], 4, 2, 3]));
  it('cannot go under itself or its own pages', () => {
    expect(placings(FRESH, 1, { parent: 1, before: null })).toEqual([]);
    expect(placings(FRESH, 1, { parent: 4, before: null })).toEqual([]);
  });
  it('writes nothing where it stands already', () =>
    expect(placings(FRESH, 2, { parent: null, before: 3 })).toEqual([]));
});

describe('a step of the keyboard', () => {
  const pages = tree(FRESH);
  it.each([
    [2, 'up', { parent: null, before: 1 }],
    [1, 'up', null],
    [1, 'down', { parent: null, before: 3 }],
    [2, 'down', { parent: null, before: null }],
    [3, 'down', null],
    [2, 'in', { parent: 1, before: null }],
    [1, 'in', null],
    [5, 'out', { parent: null, before: 2 }],
    [3, 'out', null],
  ] as const)('takes %i %s', (id, step, wanted) => expect(stepped(pages, id, step)).toEqual(wanted));
});
