import { describe, expect, it } from 'vitest';

import { VirtualRows } from './virtual.svelte.ts';

function view(count: number, top: number, height = 360, row = 36) {
  const rows = new VirtualRows();
  Object.assign(rows, { count, top, height, row });
  return rows;
}

describe('windowing', () => {
  it('draws what is seen and a little more, whatever the count', () => {
    const rows = view(10_000, 3600);
    expect([rows.start, rows.end]).toEqual([92, 118]);
    expect(rows.indices).toHaveLength(rows.pool);
    expect(rows.total).toBe(10_000 * 36);
  });
  it('starts at the top and ends at the end', () => {
    expect(view(10_000, 0).start).toBe(0);
    expect(view(10_000, 10_000 * 36).end).toBe(10_000);
  });
  it.each([0, 1, 3])('holds with %i rows', (count) => {
    const rows = view(count, 0);
    expect(rows.indices).toHaveLength(count);
    expect(rows.total).toBe(count * 36);
  });
  it('shows rows again when a filter leaves fewer than were scrolled past', () => {
    const rows = view(10_000, 300_000);
    rows.count = 5;
    expect(rows.end).toBe(5);
    expect(rows.start).toBe(0);
  });
  it('covers what is seen and uses every place of its pool once, wherever it stands', () => {
    for (const top of [0, 17, 36, 35_999, 200_000, 359_640]) {
      const rows = view(10_000, top);
      expect(rows.indices.map((index) => index % rows.pool)).toEqual(
        Array.from({ length: rows.pool }, (_, place) => place),
      );
      expect(rows.start * 36).toBeLessThanOrEqual(top);
      expect(rows.end * 36).toBeGreaterThanOrEqual(Math.min(top + 360, 360_000));
    }
  });
});

describe('revealing a row', () => {
  it('scrolls only as far as needed, past the header', () => {
    const rows = view(100, 0);
    const el = { scrollTop: 0, clientHeight: 360 } as HTMLElement;
    rows.el = el;
    rows.reveal(3, 34);
    expect(el.scrollTop).toBe(0);
    rows.reveal(20, 34);
    expect(el.scrollTop).toBe(20 * 36 + 36 + 34 - 360);
    rows.reveal(2, 34);
    expect(el.scrollTop).toBe(72);
  });
});
