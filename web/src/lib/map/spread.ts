/** Boxes that do not cover each other. */

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export const overlap = (one: Rect, other: Rect, gap = 0) =>
  one.x < other.x + other.w + gap &&
  other.x < one.x + one.w + gap &&
  one.y < other.y + other.h + gap &&
  other.y < one.y + one.h + gap;

const MOST_TRIES = 400;

/** The free place nearest to where `box` wants to be. */
export function nearestFree<T extends Rect>(box: T, taken: readonly Rect[], gap: number): T {
  const waiting = [{ x: box.x, y: box.y, far: 0 }];
  const tried = new Set<string>();
  for (let tries = 0; tries < MOST_TRIES && waiting.length; tries += 1) {
    let at = 0;
    waiting.forEach((one, i) => one.far < waiting[at]!.far && (at = i));
    const [spot] = waiting.splice(at, 1);
    const there = { ...box, x: spot!.x, y: spot!.y };
    const wall = taken.find((other) => overlap(there, other, gap));
    if (!wall) return there;
    for (const [x, y] of [
      [wall.x + wall.w + gap, there.y],
      [wall.x - box.w - gap, there.y],
      [there.x, wall.y + wall.h + gap],
      [there.x, wall.y - box.h - gap],
    ] as const) {
      const key = `${Math.round(x)} ${Math.round(y)}`;
      if (tried.has(key)) continue;
      tried.add(key);
      waiting.push({ x, y, far: Math.hypot(x - box.x, y - box.y) });
    }
  }
  // Too crowded to find it by small steps: below everything there is room.
  const below = Math.max(...taken.map((other) => other.y + other.h)) + gap;
  return { ...box, y: below };
}

/** Rows of boxes, not much wider than `width`, each in the middle; answers where the next row would begin. */
export function rows(boxes: Rect[], top: number, width: number, gap: number): number {
  let y = top;
  for (let at = 0; at < boxes.length;) {
    let wide = -gap;
    let end = at;
    while (end < boxes.length && (end === at || wide + gap + boxes[end]!.w <= width)) wide += gap + boxes[end++]!.w;
    let x = -wide / 2;
    let tall = 0;
    for (const box of boxes.slice(at, end)) {
      box.x = x;
      box.y = y;
      x += box.w + gap;
      tall = Math.max(tall, box.h);
    }
    y += tall + gap;
    at = end;
  }
  return y;
}

/** Moves everything so that its middle is at 0, 0. */
export function centre(boxes: readonly Rect[]): void {
  if (!boxes.length) return;
  const left = Math.min(...boxes.map((box) => box.x));
  const right = Math.max(...boxes.map((box) => box.x + box.w));
  const top = Math.min(...boxes.map((box) => box.y));
  const bottom = Math.max(...boxes.map((box) => box.y + box.h));
  for (const box of boxes) {
    box.x -= (left + right) / 2;
    box.y -= (top + bottom) / 2;
  }
}
