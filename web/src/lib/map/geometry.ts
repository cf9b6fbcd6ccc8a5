/** Curves between boxes, and which box lies in a direction. */
import type { LayoutName } from './layout.ts';
import { overlap, type Rect } from './spread.ts';

const one = (value: number) => Math.round(value * 10) / 10;
const middle = ({ x, y, w, h }: Rect) => ({ x: x + w / 2, y: y + h / 2 });

export interface Curve {
  d: string;
  /** A point on it, from 0 at its beginning to 1 at its end. */
  at: (part: number) => { x: number; y: number };
}

/** From border to border: straight from a dot, to the side from a layer, from a box wherever the other one is. `shift` keeps lines between the same two apart. */
export function curve(from: Rect, to: Rect, style: LayoutName, shift = 0): Curve {
  if (from === to) return loop(from);
  const [a, b] = [middle(from), middle(to)];
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  if (style === 'organic') return ray(from, to, shift);
  const apartY = Math.abs(dy) > (from.h + to.h) / 2 + 6;
  const apartX = Math.abs(dx) > (from.w + to.w) / 2 + 6;
  if (!apartX && !apartY && overlap(from, to)) return bow(a, b, shift);
  if (apartY && (!apartX || (style === 'nested' && Math.abs(dy) > Math.abs(dx) * 0.6))) {
    const [y1, y2] = dy > 0 ? [from.y + from.h, to.y] : [from.y, to.y + to.h];
    return bezier(a.x + shift, y1, a.x + shift, y1 + (y2 - y1) / 2, b.x + shift, y2 - (y2 - y1) / 2, b.x + shift, y2);
  }
  const [x1, x2] = dx > 0 ? [from.x + from.w, to.x] : [from.x, to.x + to.w];
  return bezier(x1, a.y + shift, x1 + (x2 - x1) / 2, a.y + shift, x2 - (x2 - x1) / 2, b.y + shift, x2, b.y + shift);
}

type Eight = [number, number, number, number, number, number, number, number];
function bezier(...at: Eight): Curve {
  const [x1, y1, cx1, cy1, cx2, cy2, x2, y2] = at.map(one) as Eight;
  const d = `M${x1} ${y1}C${cx1} ${cy1} ${cx2} ${cy2} ${x2} ${y2}`;
  const along = (part: number, from: number, one: number, two: number, to: number) => {
    const rest = 1 - part;
    return from * rest ** 3 + 3 * one * rest ** 2 * part + 3 * two * rest * part ** 2 + to * part ** 3;
  };
  return { d, at: (part) => ({ x: along(part, x1, cx1, cx2, x2), y: along(part, y1, cy1, cy2, y2) }) };
}

function ray(from: Rect, to: Rect, shift: number): Curve {
  const [a, b] = [middle(from), middle(to)];
  const far = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [ux, uy] = [(b.x - a.x) / far, (b.y - a.y) / far];
  const [start, end] = [Math.min(from.w / 2 + 1, far / 2), Math.min(to.w / 2 + 1, far / 2)];
  const at = (along: number) => [one(a.x + ux * along - uy * shift), one(a.y + uy * along + ux * shift)] as const;
  const [[x1, y1], [x2, y2]] = [at(start), at(far - end)];
  return { d: `M${x1} ${y1}L${x2} ${y2}`, at: (part) => ({ x: x1 + (x2 - x1) * part, y: y1 + (y2 - y1) * part }) };
}

/** One lies in the other: over the top of both. */
const bow = (a: { x: number; y: number }, b: { x: number; y: number }, shift: number) =>
  bezier(a.x, a.y, a.x + 40 + shift, a.y - 40, b.x + 40 + shift, b.y - 40, b.x, b.y);

function loop({ x, y, w }: Rect): Curve {
  const right = x + w;
  return bezier(right - 14, y, right - 14, y - 26, right + 26, y + 14, right, y + 14);
}

/** The box that one means by an arrow key: near, and more or less in that direction. */
export function neighbour(at: Rect, others: Iterable<[number, Rect]>, key: string): number | null {
  const from = middle(at);
  const side = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
  if (!side) return null;
  let best: number | null = null;
  let least = Infinity;
  for (const [id, rect] of others) {
    if (rect === at) continue;
    const to = middle(rect);
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const along = dx * side[0]! + dy * side[1]!;
    const off = Math.abs(dx * side[1]! + dy * side[0]!);
    if (along <= 1 || off > along * 2.5) continue;
    const far = along + off * 2;
    if (far < least) [best, least] = [id, far];
  }
  return best;
}
