/** The worker that makes layouts. Only the newest question is answered; an older one is given up. */
import type { Box, LayoutName, LayoutRequest } from './layout.ts';
import type { Arranged } from './layout.worker.ts';

export class Arranger {
  boxes = $state.raw<Box[] | null>(null);
  /** Which layout the boxes are of. */
  layout = $state.raw<LayoutName>('nested');
  busy = $state(false);
  failed = $state(false);
  #worker: Worker | null = null;
  #turn = 0;

  ask(request: LayoutRequest) {
    if (this.busy) this.stop();
    this.#worker ??= this.#start();
    this.busy = true;
    this.failed = false;
    this.#turn += 1;
    const { layout } = request;
    this.#worker.onmessage = ({ data }: MessageEvent<Arranged>) => {
      if (data.turn !== this.#turn) return;
      performance.measure('map-layout', { start: performance.now() - data.ms, duration: data.ms });
      this.busy = false;
      this.layout = layout;
      this.boxes = data.boxes;
    };
    this.#worker.postMessage({ turn: this.#turn, request });
  }

  /** Things were moved by hand: what was made stays, with these somewhere else. */
  moved(by: ReadonlyMap<number, { dx: number; dy: number }>) {
    if (!this.boxes) return;
    const inside = new Map(this.boxes.map((box) => [box.id, box.inside]));
    const top = (id: number): number => {
      const outer = inside.get(id);
      return outer === null || outer === undefined ? id : top(outer);
    };
    this.boxes = this.boxes.map((box) => {
      const step = by.get(top(box.id));
      return step ? { ...box, x: box.x + step.dx, y: box.y + step.dy } : box;
    });
  }

  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    this.busy = false;
  }

  #start(): Worker {
    const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
    worker.onerror = () => {
      this.stop();
      this.failed = true;
    };
    return worker;
  }
}
