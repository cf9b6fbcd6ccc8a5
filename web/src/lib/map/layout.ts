/** What a layout is asked and what it answers. Layouts are pure: the same graph always gives the same picture. */
import type { Rel } from '../api/types.ts';
import { layered } from './layered.ts';
import { nested } from './nested.ts';
import { organic } from './organic.ts';

export type LayoutName = 'nested' | 'layered' | 'organic';

export interface LayoutItem {
  id: number;
  kind: string;
  /** What it stands on. */
  parent: number | null;
}

/** The middle of something that stays where a person put it. */
export interface Pin {
  id: number;
  x: number;
  y: number;
}

export interface LayoutRequest {
  layout: LayoutName;
  items: LayoutItem[];
  lines: { from: number; to: number; rel: Rel }[];
  pins: Pin[];
  /** Width by height of the place it has to fill. */
  aspect: number;
}

/** Where an item is drawn, in pixels at zoom 1; the middle of the whole is near 0, 0. */
export interface Box {
  id: number;
  x: number;
  y: number;
  w: number;
  h: number;
  /** The box that it is drawn in. */
  inside: number | null;
  /** It holds others. */
  holds: boolean;
}

const LAYOUTS = { nested, layered, organic };

export function arrange(request: LayoutRequest): Box[] {
  return LAYOUTS[request.layout](sound(request));
}

/** Without what a layout could stumble over: unknown ends, self links, places that are no numbers. */
function sound(request: LayoutRequest): LayoutRequest {
  const known = new Set(request.items.map((item) => item.id));
  return {
    ...request,
    items: [...new Map(request.items.map((item) => [item.id, item])).values()],
    lines: request.lines.filter(({ from, to }) => from !== to && known.has(from) && known.has(to)),
    pins: request.pins.filter(({ id, x, y }) => known.has(id) && Number.isFinite(x) && Number.isFinite(y)),
    aspect: Number.isFinite(request.aspect) && request.aspect > 0 ? request.aspect : 1.5,
  };
}
