/** Layers from left to right, by dagre: what carries or feeds is left of what hangs on it. Follows chains. */
import { Graph, layout as dagre } from '@dagrejs/dagre';

import { forest, type Forest } from './forest.ts';
import type { Box, LayoutRequest } from './layout.ts';
import { centre, rows, type Rect } from './spread.ts';

const CARD = { w: 164, h: 34 };
const GAP = 8;
/** Between an item and what stands on it, within a block. */
const STEP = 52;
const RANKS = 96;
/** Columns of blocks are not higher without need. */
const TALL = 900;
const BETWEEN = 40;
/** Past this many lines beyond those that hold the picture together, dagre takes seconds; the rest are drawn, but move nothing. */
const MOST_EXTRA = 60;
/** Past this many things, the quicker of its ways to make layers. */
const MANY = 120;

/** What is moved as one: a single card, or everything that stands on one and is tied to nothing else. */
interface Block extends Rect {
  /** Relative to the block. */
  cards: { id: number; x: number; y: number }[];
}

export function layered({ items, lines, pins, aspect }: LayoutRequest): Box[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const trees = forest([...byId.keys()], (id) => byId.get(id)!.parent);
  const drawn = lines.filter(({ rel }) => rel === 'connected_to' || rel === 'edge' || rel === 'related');
  const { blocks, of, arrows } = gather(trees, new Set(drawn.flatMap(({ from, to }) => [from, to])));
  // A drawn line has no direction that means anything: what more of them end at is the one that feeds.
  const ends = new Map<number, number>();
  for (const id of drawn.flatMap(({ from, to }) => [from, to])) ends.set(id, (ends.get(id) ?? 0) + 1);
  for (const { from, to } of drawn) {
    const turned = ends.get(to)! > ends.get(from)!;
    arrows.push(turned ? [of.get(to)!, of.get(from)!] : [of.get(from)!, of.get(to)!]);
  }
  const parts = components(blocks.length, arrows);
  const rects = parts.map((part) => lay(part, blocks));
  const area = rects.reduce((sum, rect) => sum + (rect.w + BETWEEN) * (rect.h + BETWEEN), 0);
  const before = rects.map(({ x, y }) => ({ x, y }));
  const widest = Math.max(...rects.map((rect) => rect.w));
  rows(
    [...rects].sort((one, other) => other.h - one.h),
    0,
    Math.max(Math.sqrt(area * aspect), widest),
    BETWEEN,
  );
  parts.forEach((part, i) => {
    for (const at of part.blocks) {
      blocks[at]!.x += rects[i]!.x - before[i]!.x;
      blocks[at]!.y += rects[i]!.y - before[i]!.y;
    }
  });
  centre(blocks);
  return pinned(blocks.flatMap(boxes), pins);
}

/** Whatever a drawn line ends at is a block of its own, and what stands on it another beside it. */
function gather(trees: Forest, linked: ReadonlySet<number>) {
  const tied = new Set(trees.roots);
  for (const id of linked)
    for (let at: number | undefined = id; at !== undefined; at = trees.parent.get(at)) tied.add(at);
  const blocks: Block[] = [];
  const of = new Map<number, number>();
  const arrows: [number, number][] = [];
  for (const id of tied) {
    of.set(id, blocks.length);
    blocks.push(subtree(id, trees, false));
  }
  for (const id of tied) {
    const [own, loose] = [of.get(id)!, (trees.children.get(id) ?? []).filter((child) => !tied.has(child))];
    const parent = trees.parent.get(id);
    if (parent !== undefined) arrows.push([of.get(parent)!, own]);
    if (!loose.length) continue;
    arrows.push([own, blocks.length]);
    blocks.push(beside(loose.map((child) => subtree(child, trees, true))));
  }
  return { blocks, of, arrows };
}

/** A card and, to its right, everything that stands on it. */
function subtree(id: number, trees: Forest, whole: boolean): Block {
  const alone = { x: 0, y: 0, ...CARD, cards: [{ id, x: 0, y: 0 }] };
  const children = whole ? (trees.children.get(id) ?? []) : [];
  if (!children.length) return alone;
  const right = beside(children.map((child) => subtree(child, trees, true)));
  const left = CARD.w + STEP;
  const h = Math.max(CARD.h, right.h);
  const cards = right.cards.map((card) => ({ id: card.id, x: card.x + left, y: card.y + (h - right.h) / 2 }));
  return { x: 0, y: 0, w: left + right.w, h, cards: [{ id, x: 0, y: (h - CARD.h) / 2 }, ...cards] };
}

/** Blocks in as many columns as make the whole about as wide as high, filled from the top. */
function beside(blocks: Block[]): Block {
  const sorted = [...blocks].sort((one, other) => other.w - one.w || other.h - one.h);
  const tall = sorted.reduce((sum, one) => sum + one.h + GAP, 0);
  const wide = Math.max(...sorted.map((one) => one.w)) + STEP;
  // One column as long as it can be: in two, a line to the second runs behind the first.
  const across = tall < TALL ? 1 : Math.max(2, Math.round(Math.sqrt(tall / wide / 0.4)));
  const cards: Block['cards'] = [];
  let [x, y, w, h] = [0, 0, 0, 0];
  let broad = 0;
  for (const one of sorted) {
    if (y > 0 && y + one.h / 2 > tall / across) [x, y, broad] = [x + broad + STEP, 0, 0];
    cards.push(...one.cards.map((card) => ({ id: card.id, x: card.x + x, y: card.y + y })));
    broad = Math.max(broad, one.w);
    [w, h] = [Math.max(w, x + one.w), Math.max(h, y + one.h)];
    y += one.h + GAP;
  }
  return { x: 0, y: 0, w, h, cards };
}

const boxes = ({ x, y, cards }: Block): Box[] =>
  cards.map((card) => ({ id: card.id, x: x + card.x, y: y + card.y, ...CARD, inside: null, holds: false }));

interface Part {
  blocks: number[];
  arrows: [number, number][];
}

/** Parts that no line joins, each with the lines that hold it together first. */
function components(many: number, given: [number, number][]): Part[] {
  const once = new Map(
    given.map(([one, other]) => [one < other ? `${one} ${other}` : `${other} ${one}`, [one, other]]),
  );
  const arrows = [...once.values()].filter(([one, other]) => one !== other) as [number, number][];
  const leader = Array.from({ length: many }, (_, at) => at);
  const find = (at: number): number => (leader[at] === at ? at : (leader[at] = find(leader[at]!)));
  const holding: [number, number][] = [];
  const extra: [number, number][] = [];
  for (const pair of arrows) {
    const [one, other] = [find(pair[0]), find(pair[1])];
    (one === other ? extra : holding).push(pair);
    leader[one] = other;
  }
  const parts = new Map<number, Part>();
  for (let at = 0; at < many; at += 1) {
    const part = parts.get(find(at)) ?? { blocks: [], arrows: [] };
    part.blocks.push(at);
    parts.set(find(at), part);
  }
  for (const pair of [...holding, ...extra.slice(0, MOST_EXTRA)]) parts.get(find(pair[0]))!.arrows.push(pair);
  return [...parts.values()];
}

/** Lays one part and answers what it takes up. */
function lay({ blocks: members, arrows }: Part, blocks: Block[]): Rect {
  if (members.length > 1) {
    const graph = new Graph();
    graph.setGraph({
      rankdir: 'LR',
      nodesep: 14,
      ranksep: RANKS,
      ranker: members.length > MANY ? 'longest-path' : 'tight-tree',
    });
    graph.setDefaultEdgeLabel(() => ({}));
    for (const at of members) graph.setNode(String(at), { width: blocks[at]!.w, height: blocks[at]!.h });
    for (const [from, to] of arrows) graph.setEdge(String(from), String(to));
    dagre(graph);
    for (const at of members) {
      const { x, y } = graph.node(String(at)) as { x: number; y: number };
      blocks[at]!.x = x - blocks[at]!.w / 2;
      blocks[at]!.y = y - blocks[at]!.h / 2;
    }
  }
  const all = members.map((at) => blocks[at]!);
  const x = Math.min(...all.map((one) => one.x));
  const y = Math.min(...all.map((one) => one.y));
  const right = Math.max(...all.map((one) => one.x + one.w));
  const bottom = Math.max(...all.map((one) => one.y + one.h));
  return { x, y, w: right - x, h: bottom - y };
}

/** What a person put somewhere is there, whatever the layer says. */
export function pinned(boxes: Box[], pins: LayoutRequest['pins']): Box[] {
  const wanted = new Map(pins.map((pin) => [pin.id, pin]));
  return boxes.map((box) => {
    const pin = wanted.get(box.id);
    return pin ? { ...box, x: pin.x - box.w / 2, y: pin.y - box.h / 2 } : box;
  });
}
