/** Layouts beside the page, so that it stays usable while they are made. */
import { arrange, type Box, type LayoutRequest } from './layout.ts';

export interface Arranged {
  turn: number;
  boxes: Box[];
  /** How long it took. */
  ms: number;
}

onmessage = ({ data }: MessageEvent<{ turn: number; request: LayoutRequest }>) => {
  const begun = performance.now();
  const boxes = arrange(data.request);
  const arranged: Arranged = { turn: data.turn, boxes, ms: performance.now() - begun };
  postMessage(arranged);
};
