import { describe, expect, it } from 'vitest';

import { curve } from './geometry.ts';
import { labelSize, placeLabels } from './labels.ts';
import { overlap } from './spread.ts';

const box = (x: number, y: number) => ({ x, y, w: 100, h: 60 });
const [left, right] = [box(0, 0), box(600, 0)];
const line = (shift = 0) => ({ curve: curve(left, right, 'nested', shift), size: labelSize('10G', 1) });
const rect = ({ x, y, size: { w, h } }: { x: number; y: number; size: { w: number; h: number } }) => ({
  x: x - w / 2,
  y: y - h / 2,
  w,
  h,
});

describe('the label of a line', () => {
  it('stands in its middle when nothing is there', () => {
    expect(placeLabels([line()], [left, right])[0]).toMatchObject({ x: 350, y: 30 });
  });
  it('goes along its line rather than over a node', () => {
    const node = box(300, 0);
    const [label] = placeLabels([line()], [left, right, node]);
    expect(overlap(rect(label!), node)).toBe(false);
    expect(label!.y).toBeCloseTo(30);
  });
  it('is left out where there is no place, but not when it was asked for', () => {
    const wall = { x: 100, y: -50, w: 500, h: 200 };
    expect(placeLabels([line()], [wall])).toEqual([]);
    expect(placeLabels([line()], [wall], true)).toHaveLength(1);
  });
  it('covers no other label', () => {
    const [one, other] = placeLabels([line(), line(9)], [left, right]);
    expect(overlap(rect(one!), rect(other!))).toBe(false);
  });
  it('needs more room in a map that is seen from afar', () => {
    expect(labelSize('port 3, 10G', 0.5).w).toBeGreaterThan(labelSize('port 3, 10G', 1).w);
  });
});
