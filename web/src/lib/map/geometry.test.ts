import { expect, it } from 'vitest';

import { curve, neighbour } from './geometry.ts';

const box = (x: number, y: number) => ({ x, y, w: 100, h: 40 });

it('leaves a box on the side of the other one', () => {
  expect(curve(box(0, 0), box(0, 200), 'nested').d).toMatch(/^M50 40C.* 50 200$/);
  expect(curve(box(0, 0), box(300, 0), 'nested').d).toMatch(/^M100 20C.* 300 20$/);
  expect(curve(box(0, 0), box(300, 200), 'layered').d).toMatch(/^M100 20C.* 300 220$/);
});

it('draws something for what lies in the other, on it, or is it', () => {
  const at = box(0, 0);
  for (const style of ['nested', 'layered', 'organic'] as const)
    for (const to of [at, { ...at }, { x: 10, y: 10, w: 20, h: 20 }]) {
      const { d, at: along } = curve(at, to, style);
      const { x, y } = along(0.5);
      expect(d).not.toContain('NaN');
      expect([x, y].every(Number.isFinite)).toBe(true);
    }
});

it('finds the neighbour in the direction of an arrow key', () => {
  const all = new Map([
    [1, box(0, 0)],
    [2, box(150, 10)],
    [3, box(400, 0)],
    [4, box(0, 100)],
  ]);
  expect(neighbour(all.get(1)!, all, 'ArrowRight')).toBe(2);
  expect(neighbour(all.get(1)!, all, 'ArrowDown')).toBe(4);
  expect(neighbour(all.get(3)!, all, 'ArrowLeft')).toBe(2);
  expect(neighbour(all.get(1)!, all, 'ArrowUp')).toBeNull();
});
