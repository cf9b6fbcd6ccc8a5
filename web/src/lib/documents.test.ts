import { describe, expect, it } from 'vitest';

import type { Row } from './api/types.ts';
import { above, tree, type Page } from './documents.ts';

const page = (id: number, title: string, parent: number | null = null, order = 0) =>
  ({ id, title, parent_id: parent, sort_order: order }) as unknown as Row;
const outline = (pages: Page[]): unknown[] =>
  pages.map((one) => (one.children.length ? [one.title, outline(one.children)] : one.title));

describe('the tree of documents', () => {
  it('follows parents, then order, then natural names', () => {
    const rows = [
      page(1, 'Runbooks'),
      page(2, 'Step 10', 1),
      page(3, 'Step 9', 1),
      page(4, 'First', 1, -1),
      page(5, 'Alpha'),
    ];
    expect(outline(tree(rows))).toEqual(['Alpha', ['Runbooks', ['First', 'Step 9', 'Step 10']]]);
  });
  it('shows every page of a circle, and one whose parent is gone', () => {
    const rows = [page(1, 'a', 2), page(2, 'b', 1), page(3, 'c', 99), page(4, 'self', 4)];
    expect(outline(tree(rows))).toEqual(['a', 'b', 'c', 'self']);
  });
  it('names the pages above one, outermost first, and ends in a circle', () => {
    const rows = [page(1, 'a'), page(2, 'b', 1), page(3, 'c', 2), page(8, 'x', 9), page(9, 'y', 8)];
    expect(above(rows, 3).map((row) => row.title)).toEqual(['a', 'b']);
    expect(above(rows, 8).map((row) => row.id)).toEqual([8, 9]);
  });
});
