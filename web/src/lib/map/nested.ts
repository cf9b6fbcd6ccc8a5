/** Boxes in boxes: a host holds its guests, a guest its apps. What stands on nothing is packed around them. */
import { forest, type Forest } from './forest.ts';
import type { Box, LayoutItem, LayoutRequest } from './layout.ts';
import { centre, nearestFree, rows, type Rect } from './spread.ts';

const CHIP = { w: 148, h: 32 };
const CARD = { w: 184, h: 46 };
const GAP = 6;
const PAD = 8;
const HEAD = 34;
/** Of a box that stands on nothing. */
const OUTER = { gap: 10, pad: 12, head: 44 };
const BETWEEN = 28;
const GUESTS = new Set(['vms', 'containers']);

interface Sized extends Rect {
  id: number;
  holds: boolean;
  /** What is drawn in it, relative to it. */
  inner: Sized[];
}

export function nested({ items, lines, pins, aspect }: LayoutRequest): Box[] {
  const kinds = new Map(items.map((item) => [item.id, item]));
  const trees = forest([...kinds.keys()], (id) => kinds.get(id)!.parent);
  const tops = trees.roots.map((id) => size(id, trees, kinds, true));
  pack(tops, order(tops, lines, trees, kinds), aspect);
  heed(tops, pins);
  return tops.flatMap((top) => flat(top, null, 0, 0));
}

const box = (id: number, { w, h }: { w: number; h: number }, inner: Sized[] = []): Sized => ({
  id,
  x: 0,
  y: 0,
  w,
  h,
  holds: inner.length > 0,
  inner,
});

function size(id: number, trees: Forest, kinds: ReadonlyMap<number, LayoutItem>, outer: boolean): Sized {
  const under = trees.children.get(id) ?? [];
  if (!under.length) return box(id, outer ? CARD : CHIP);
  const inner = under.map((child) => size(child, trees, kinds, false));
  const deep = inner.some((child) => child.holds);
  const { head, pad } = outer || deep ? OUTER : { head: HEAD, pad: PAD };
  const bounds = deep ? columns(inner, kinds) : grid(inner, inner.length > 24 ? 4 : inner.length > 12 ? 3 : 2);
  for (const child of inner) {
    child.x += pad;
    child.y += head;
  }
  const least = outer ? CARD.w : CHIP.w;
  return box(id, { w: Math.max(least, bounds.w + 2 * pad), h: bounds.h + head + pad }, inner);
}

/** Chips side by side. */
function grid(chips: Sized[], most: number, top = 0) {
  const across = Math.min(most, chips.length);
  chips.forEach((chip, i) => {
    chip.x = (i % across) * (CHIP.w + GAP);
    chip.y = top + Math.floor(i / across) * (CHIP.h + GAP);
  });
  const down = Math.ceil(chips.length / across);
  return { w: across * (CHIP.w + GAP) - GAP, h: top + down * (CHIP.h + GAP) - GAP };
}

/** Boxes of one width in as many columns as make the whole about as wide as high; what is small lies below. */
function columns(inner: Sized[], kinds: ReadonlyMap<number, LayoutItem>) {
  const { gap } = OUTER;
  const tall = inner.filter((child) => child.holds || GUESTS.has(kinds.get(child.id)!.kind));
  const small = inner.filter((child) => !tall.includes(child));
  const width = Math.max(...tall.map((child) => child.w));
  for (const child of tall) child.w = width;
  const sorted = [...tall].sort((one, other) => other.h - one.h || one.id - other.id);
  const area = tall.reduce((sum, child) => sum + (child.w + gap) * (child.h + gap), 0);
  const ideal = Math.round(Math.sqrt(area * 1.25) / (width + gap));
  const across = Math.max(1, Math.min(tall.length, ideal));
  const heights = Array.from({ length: across }, () => 0);
  for (const child of sorted) {
    const least = heights.indexOf(Math.min(...heights));
    child.x = least * (width + gap);
    child.y = heights[least]!;
    heights[least]! += child.h + gap;
  }
  const w = across * (width + gap) - gap;
  const h = Math.max(...heights) - gap;
  if (!small.length) return { w, h };
  const below = grid(small, Math.max(1, Math.floor((w + GAP) / (CHIP.w + GAP))), h + gap);
  return { w: Math.max(w, below.w), h: below.h };
}

/** Rows from the top: what many things are plugged into, other hardware, what holds something, all the rest. */
function order(
  tops: readonly Sized[],
  lines: LayoutRequest['lines'],
  trees: Forest,
  kinds: ReadonlyMap<number, LayoutItem>,
): Sized[][] {
  const top = new Map<number, number>();
  const root = (id: number): number => top.get(id) ?? root(trees.parent.get(id) ?? (top.set(id, id), id));
  const reach = new Map<number, Set<number>>();
  for (const { from, to, rel } of lines) {
    if (rel !== 'connected_to' && rel !== 'edge') continue;
    const [one, other] = [root(from), root(to)];
    if (one === other) continue;
    for (const [a, b] of [
      [one, other],
      [other, one],
    ] as const) {
      if (!reach.has(a)) reach.set(a, new Set());
      reach.get(a)!.add(b);
    }
  }
  const degree = (one: Sized) => reach.get(one.id)?.size ?? 0;
  const hardware = (one: Sized) => kinds.get(one.id)!.kind === 'hardware' || degree(one) > 0;
  const alone = tops.filter((one) => !one.holds);
  const hubs = alone.filter((one) => degree(one) > 1).sort((one, other) => degree(other) - degree(one));
  const plugged = alone.filter((one) => hardware(one) && !hubs.includes(one));
  const holding = tops.filter((one) => one.holds).sort((one, other) => other.h - one.h || one.id - other.id);
  return [hubs, plugged, holding, alone.filter((one) => !hardware(one))];
}

/** Tries some widths and keeps the one that is shown largest. */
function pack(tops: readonly Sized[], groups: Sized[][], aspect: number) {
  const area = tops.reduce((sum, one) => sum + (one.w + BETWEEN) * (one.h + BETWEEN), 0);
  const widest = Math.max(...tops.map((one) => one.w));
  const lay = (width: number) => {
    let y = 0;
    for (const group of groups) if (group.length) y = rows(group, y, width, BETWEEN) + 12;
    const reach = tops.reduce((far, one) => Math.max(far, Math.abs(one.x), Math.abs(one.x + one.w)), 1);
    return Math.max(reach * 2, y * aspect);
  };
  let best = widest;
  let least = Infinity;
  for (let share = 0.8; share < 2; share += 0.05) {
    const width = Math.max(widest, Math.sqrt(area * aspect) * share);
    const takes = lay(width);
    if (takes < least) [best, least] = [width, takes];
  }
  lay(best);
  centre(tops);
}

/** What is pinned is where it was put, as far as others that are pinned leave room; the rest makes way. */
function heed(tops: Sized[], pins: LayoutRequest['pins']) {
  const wanted = new Map(pins.map((pin) => [pin.id, pin]));
  if (!tops.some((one) => wanted.has(one.id))) return;
  const taken: Sized[] = [];
  const place = (one: Sized, gap: number) => {
    Object.assign(one, nearestFree(one, taken, gap));
    taken.push(one);
  };
  for (const one of tops) {
    const pin = wanted.get(one.id);
    if (!pin) continue;
    Object.assign(one, { x: pin.x - one.w / 2, y: pin.y - one.h / 2 });
    place(one, 0);
  }
  for (const one of tops) if (!wanted.has(one.id)) place(one, BETWEEN / 2);
}

function flat(one: Sized, inside: number | null, x: number, y: number): Box[] {
  const at = { id: one.id, x: x + one.x, y: y + one.y, w: one.w, h: one.h, inside, holds: one.holds };
  return [at, ...one.inner.flatMap((child) => flat(child, one.id, at.x, at.y))];
}
