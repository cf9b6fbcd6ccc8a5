/** Where the labels of lines stand: on their line, and over nothing that is drawn. */
import type { Curve } from './geometry.ts';
import { overlap, type Rect } from './spread.ts';

/** Parts of the way along a line, the best first. */
const ALONG = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78];
const WIDEST = 180;

/** As `.label` is drawn: larger in the map when that is seen from afar. */
export function labelSize(text: string, zoom: number): { w: number; h: number } {
  const size = Math.min(16, Math.max(10.5, 9 / zoom));
  return { w: Math.min(WIDEST, text.length * size * 0.6 + 14), h: size * 1.4 + 4 };
}

const around = ({ x, y }: { x: number; y: number }, { w, h }: { w: number; h: number }): Rect => ({
  x: x - w / 2,
  y: y - h / 2,
  w,
  h,
});

/**
 * The middle of each label, of those that find a place. What a person asked for has to be read: with `all`, one that finds none stands in
 * the middle of its line.
 */
export function placeLabels<T extends { curve: Curve; size: { w: number; h: number } }>(
  labels: readonly T[],
  obstacles: readonly Rect[],
  all = false,
): (T & { x: number; y: number })[] {
  const taken: Rect[] = [];
  return labels.flatMap((label) => {
    const { curve, size } = label;
    const isFree = (rect: Rect) => ![...obstacles, ...taken].some((other) => overlap(rect, other));
    const along = ALONG.map((part) => curve.at(part));
    const spot = along.find((at) => isFree(around(at, size))) ?? (all ? along[0] : undefined);
    if (!spot) return [];
    taken.push(around(spot, size));
    return [{ ...label, ...spot }];
  });
}
