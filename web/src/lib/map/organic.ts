/** Dots that pull along their lines and push each other away, by d3-force. Shows clusters. */
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';

import type { Rel } from '../api/types.ts';
import { forest, type Forest } from './forest.ts';
import { pinned } from './layered.ts';
import type { Box, LayoutRequest } from './layout.ts';

const GUESTS = new Set(['vms', 'containers']);
const PULL = 0.038;
/** Enough from where it starts; more ticks are not seen. A large lab gets fewer: each costs more there. */
const ticks = (many: number) => Math.max(24, Math.min(140, Math.round(24_000 / Math.max(1, many))));

interface Dot extends SimulationNodeDatum {
  id: number;
  size: number;
  /** Room that nobody else comes into. */
  room: number;
  push: number;
}
interface Pull extends SimulationLinkDatum<Dot> {
  far: number;
  strength: number;
}

export const dotSize = (kind: string) => (kind === 'hardware' ? 56 : GUESTS.has(kind) ? 38 : 28);

function dot(id: number, kind: string): Dot {
  if (kind === 'hardware') return { id, size: dotSize(kind), room: 54, push: -1500 };
  if (GUESTS.has(kind)) return { id, size: dotSize(kind), room: 34, push: -300 };
  return { id, size: dotSize(kind), room: 24, push: -90 };
}

function pull(rel: Rel, room: number): { far: number; strength: number } {
  if (rel === 'parent') return { far: room * 2 + 8, strength: 0.9 };
  if (rel === 'connected_to' || rel === 'edge') return { far: 190, strength: 0.35 };
  return { far: 300, strength: 0.004 };
}

export function organic({ items, lines, pins, aspect }: LayoutRequest): Box[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const trees = forest([...byId.keys()], (id) => byId.get(id)!.parent);
  const dots = new Map(items.map((item) => [item.id, dot(item.id, item.kind)]));
  seed(trees, dots);
  for (const { id, x, y } of pins) Object.assign(dots.get(id)!, { x, y, fx: x, fy: y });
  const pulls: Pull[] = lines.map(({ from, to, rel }) => {
    const room = Math.min(dots.get(from)!.room, dots.get(to)!.room);
    return { source: from as never, target: to as never, ...pull(rel, room) };
  });
  const all = [...dots.values()];
  const tied = new Set(lines.flatMap(({ from, to }) => [from, to]));
  /** To the middle, in the shape of the place; what nothing ties to others would drift away. */
  const towards = ({ id }: Dot) => (tied.has(id) ? PULL : PULL * 3);
  const shape = Math.max(0.5, Math.min(2, aspect));
  const simulation = forceSimulation(all)
    .force(
      'pull',
      forceLink<Dot, Pull>(pulls)
        .id((one) => one.id)
        .distance((one) => one.far)
        .strength((one) => one.strength),
    )
    .force(
      'push',
      forceManyBody<Dot>()
        .strength((one) => one.push)
        .distanceMax(700)
        .theta(1.2),
    )
    .force(
      'x',
      forceX<Dot>(0).strength((one) => towards(one) / shape),
    )
    .force(
      'y',
      forceY<Dot>(0).strength((one) => towards(one) * shape),
    )
    .force(
      'room',
      forceCollide<Dot>().radius((one) => one.room),
    )
    .alphaDecay(1 - Math.pow(0.001, 1 / ticks(all.length)))
    .stop();
  simulation.tick(ticks(all.length));
  const boxes = all.map(({ id, size, x = 0, y = 0 }) => ({
    id,
    x: x - size / 2,
    y: y - size / 2,
    w: size,
    h: size,
    inside: null,
    holds: false,
  }));
  return pinned(boxes, pins);
}

/** Trees start as suns with their planets around them, so that the forces have little left to do. */
function seed(trees: Forest, dots: ReadonlyMap<number, Dot>) {
  const weight = (id: number): number => Math.sqrt(1 + (trees.children.get(id)?.length ?? 0));
  const around = (ids: readonly number[], x: number, y: number, reach: number) => {
    ids.forEach((id, i) => {
      const angle = i * 2.39996;
      const far = reach * Math.sqrt(i + 0.5);
      Object.assign(dots.get(id)!, { x: x + Math.cos(angle) * far, y: y + Math.sin(angle) * far * 0.75 });
    });
    for (const id of ids) {
      const { x: cx = 0, y: cy = 0, room } = dots.get(id)!;
      const children = trees.children.get(id);
      if (children) around(children, cx, cy, room * 0.9 * Math.max(1, weight(id) / 2));
    }
  };
  const sorted = [...trees.roots].sort((one, other) => weight(other) - weight(one) || one - other);
  around(sorted, 0, 0, 170);
}
