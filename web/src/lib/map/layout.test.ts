import { describe, expect, it } from 'vitest';

import { arrange, type Box, type LayoutItem, type LayoutName, type LayoutRequest } from './layout.ts';
import { overlap } from './spread.ts';

const NAMES: LayoutName[] = ['nested', 'layered', 'organic'];
const item = (id: number, kind = 'hardware', parent: number | null = null): LayoutItem => ({ id, kind, parent });
const ask = (layout: LayoutName, items: LayoutItem[], more: Partial<LayoutRequest> = {}): Box[] =>
  arrange({ layout, items, lines: [], pins: [], aspect: 1.5, ...more });

/** Hosts with guests with apps, cabled to switches. */
function lab(many: number): Pick<LayoutRequest, 'items' | 'lines'> {
  const hosts = Math.ceil(many / 20);
  const guests = Math.ceil(many / 5);
  const items = Array.from({ length: many }, (_, i) => {
    if (i < hosts) return item(i + 1);
    if (i < hosts + guests) return item(i + 1, 'vms', (i % hosts) + 1);
    return item(i + 1, 'apps', hosts + (i % guests) + 1);
  });
  const lines: LayoutRequest['lines'] = items.flatMap(({ id, parent }) =>
    parent === null ? [] : [{ from: parent, to: id, rel: 'parent' as const }],
  );
  for (let id = 3; id <= hosts; id += 1) lines.push({ from: (id % 2) + 1, to: id, rel: 'connected_to' });
  for (let i = 0; lines.length < many * 2; i += 1)
    lines.push({ from: ((i * 7919) % many) + 1, to: ((i * 104_729) % many) + 1, rel: i % 2 ? 'depends_on' : 'mounts' });
  return { items, lines };
}

const finite = (boxes: Box[]) => boxes.every(({ x, y, w, h }) => [x, y, w, h].every(Number.isFinite) && w > 0 && h > 0);

describe.each(NAMES)('%s', (layout) => {
  it('places every item once, also of a large lab', () => {
    const boxes = ask(layout, lab(300).items, lab(300));
    expect(boxes.map(({ id }) => id).sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    expect(finite(boxes)).toBe(true);
  });

  it('gives the same picture for the same lab', () => {
    expect(ask(layout, lab(60).items, lab(60))).toEqual(ask(layout, lab(60).items, lab(60)));
  });

  it('does with nothing, and with one', () => {
    expect(ask(layout, [])).toEqual([]);
    expect(finite(ask(layout, [item(1)]))).toBe(true);
  });

  it('is not disturbed by rings, unknown ends, self links, items and lines that are there twice', () => {
    const items = [
      item(1, 'vms', 3),
      item(2, 'vms', 1),
      item(3, 'vms', 2),
      item(4, 'apps', 4),
      item(5, 'apps', 99),
      item(5),
    ];
    const line = { from: 1, to: 2, rel: 'connected_to' as const };
    const lines = [line, line, { ...line, to: 1 }, { ...line, to: 404 }, { from: 2, to: 1, rel: 'edge' as const }];
    const pins = [
      { id: 404, x: 0, y: 0 },
      { id: 2, x: NaN, y: 0 },
    ];
    const boxes = ask(layout, items, { lines, pins, aspect: NaN });
    expect(boxes.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(finite(boxes)).toBe(true);
  });

  it('leaves what is pinned where it was put', () => {
    const boxes = ask(layout, lab(60).items, { ...lab(60), pins: [{ id: 1, x: 4000, y: -3000 }] });
    const { x, y, w, h } = boxes.find(({ id }) => id === 1)!;
    expect([x + w / 2, y + h / 2].map(Math.round)).toEqual([4000, -3000]);
  });
});

describe('nested', () => {
  it('draws each item in what it stands on, and no two of one box over each other', () => {
    const boxes = ask('nested', lab(300).items, lab(300));
    const byId = new Map(boxes.map((box) => [box.id, box]));
    for (const box of boxes) {
      const outer = box.inside === null ? undefined : byId.get(box.inside)!;
      if (!outer) continue;
      expect(box.x).toBeGreaterThan(outer.x);
      expect(box.y).toBeGreaterThan(outer.y);
      expect(box.x + box.w).toBeLessThan(outer.x + outer.w);
      expect(box.y + box.h).toBeLessThan(outer.y + outer.h);
    }
    boxes.forEach((one, i) =>
      boxes
        .slice(i + 1)
        .filter((other) => other.inside === one.inside)
        .forEach((other) => expect(overlap(one, other), `${one.id} on ${other.id}`).toBe(false)),
    );
  });

  it('makes room around what is pinned, and for what is pinned on the same spot', () => {
    const items = [1, 2, 3, 4, 5, 6].map((id) => item(id));
    const boxes = ask('nested', items, {
      pins: [
        { id: 1, x: 0, y: 0 },
        { id: 2, x: 10, y: 5 },
      ],
    });
    boxes.forEach((one, i) => boxes.slice(i + 1).forEach((other) => expect(overlap(one, other)).toBe(false)));
  });

  it('goes as deep as things stand on each other', () => {
    const chain = Array.from({ length: 40 }, (_, i) => item(i + 1, 'misc', i || null));
    const boxes = ask('nested', chain);
    expect(boxes.find(({ id }) => id === 40)!.inside).toBe(39);
  });
});

describe('layered', () => {
  it('draws what stands on something right of it', () => {
    const boxes = new Map(ask('layered', lab(60).items, lab(60)).map((box) => [box.id, box]));
    for (const { id, parent } of lab(60).items)
      if (parent !== null) expect(boxes.get(id)!.x).toBeGreaterThan(boxes.get(parent)!.x + boxes.get(parent)!.w);
  });
});
