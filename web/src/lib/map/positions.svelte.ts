/** Where things were put by hand: shown at once, saved half a second later, several moves as one change. */
import { plural } from '../format.ts';
import { done, failed } from '../notify.ts';
import type { Graph } from './graph.ts';
import type { Box, Pin } from './layout.ts';
import { savePlaces, type Place, type Places } from './queries.ts';

const WAIT = 500;

export class Positions {
  /** Moved, and not yet sent. */
  #waiting = new Map<number, Place>();
  /** Moved, and not known to be with the hub: what it says of them is old. */
  #unsaved = $state.raw<ReadonlyMap<number, Place>>(new Map());
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly graph: () => Graph) {}

  /** What automatic layouts leave alone, of what is on the map. */
  pins(places: Places): Pin[] {
    const { items } = this.graph();
    const saved = Object.entries(places).map(
      ([key, place]) => [Number(key.slice(key.lastIndexOf('-') + 1)), place] as const,
    );
    return [...new Map([...saved, ...this.#unsaved])].flatMap(([id, { x, y, pinned }]) =>
      pinned && items.has(id) ? [{ id, x, y }] : [],
    );
  }

  put(boxes: readonly Box[], by: ReadonlyMap<number, { dx: number; dy: number }>) {
    for (const box of boxes) {
      const step = by.get(box.id);
      if (!step) continue;
      const round = (value: number) => Math.round(value * 10) / 10;
      const [x, y] = [round(box.x + box.w / 2 + step.dx), round(box.y + box.h / 2 + step.dy)];
      this.#waiting.set(box.id, { x, y, pinned: true });
    }
    this.#unsaved = new Map([...this.#unsaved, ...this.#waiting]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), WAIT);
  }

  /** Saves what waits; also when the page is left, and with `leaving` when the tab is closed. */
  async flush(leaving = false): Promise<void> {
    clearTimeout(this.#timer);
    const moved = [...this.#waiting];
    this.#waiting.clear();
    if (!moved.length) return;
    const said = `Pinned ${this.#named(moved.map(([id]) => id))}`;
    await this.#save(moved, said, leaving);
    this.#forget((id, place) => moved.some((one) => one[0] === id && one[1] === place));
  }

  async unpin(ids: readonly number[]): Promise<void> {
    for (const id of ids) this.#waiting.delete(id);
    this.#forget((id) => ids.includes(id));
    await this.#save(
      ids.map((id) => [id, null]),
      `Unpinned ${this.#named(ids)}`,
    );
  }

  #forget(which: (id: number, place: Place) => boolean) {
    this.#unsaved = new Map([...this.#unsaved].filter(([id, place]) => !which(id, place)));
  }

  #named(ids: readonly number[]): string {
    const { items } = this.graph();
    return ids.length === 1 ? (items.get(ids[0]!)?.name ?? 'an item') : plural(ids.length, 'item');
  }

  async #save(places: readonly (readonly [number, Place | null])[], said: string, leaving = false) {
    const { items } = this.graph();
    const keyed = places.flatMap(([id, place]) => {
      const kind = items.get(id)?.kind;
      return kind ? [[`${kind}-${id}`, place] as const] : [];
    });
    try {
      void done(said, await savePlaces(Object.fromEntries(keyed), leaving));
    } catch (error) {
      void failed('The place was not saved', error);
    }
  }
}
