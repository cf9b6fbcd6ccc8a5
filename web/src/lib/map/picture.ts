/** The map as one SVG file that stands alone: no fonts, pictures or styles from elsewhere. */
import { curve } from './geometry.ts';
import type { Graph, MapItem } from './graph.ts';
import { placeLabels } from './labels.ts';
import type { Box, LayoutName } from './layout.ts';
import { groupOf, type LineGroup } from './look.ts';

export interface Palette {
  bg: string;
  surface: string;
  sunken: string;
  line: string;
  ink: string;
  faint: string;
  /** Of the lines, as in the page. */
  lines: Record<LineGroup, string>;
}

/** An icon in the file: what is defined once, and what draws it in a square of 1 by 1. */
export interface Drawn {
  symbol?: { id: string; markup: string };
  colour: string;
  /** A picture as a data URL. */
  image?: string;
  text?: string;
}

export interface Scene {
  graph: Graph;
  boxes: readonly Box[];
  shown: ReadonlySet<LineGroup>;
  layout: LayoutName;
  palette: Palette;
  icon: (item: MapItem) => Drawn;
  /** How wide a text is at that size. */
  measure: (text: string, size: number) => number;
}

const MARGIN = 24;
const FONT = "Geist, ui-sans-serif, system-ui, 'Segoe UI', Roboto, sans-serif";

export const escape = (value: string) =>
  value
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (one) => `&#${one.codePointAt(0)};`);

export interface Picture {
  svg: string;
  width: number;
  height: number;
}

export function picture(scene: Scene): Picture {
  const { boxes, palette } = scene;
  const [left, top] = [Math.min(0, ...boxes.map((box) => box.x)), Math.min(0, ...boxes.map((box) => box.y))];
  const right = Math.max(1, ...boxes.map((box) => box.x + box.w));
  const bottom = Math.max(1, ...boxes.map((box) => box.y + box.h + (scene.layout === 'organic' ? 20 : 0)));
  const width = Math.ceil(right - left + 2 * MARGIN);
  const height = Math.ceil(bottom - top + 2 * MARGIN);
  const symbols = new Map<string, string>();
  const items = boxes.map((box) => drawBox(box, scene, symbols)).join('');
  const defs = [...symbols].map(([id, markup]) => `<symbol id="${id}" viewBox="0 0 24 24">${markup}</symbol>`).join('');
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="${left - MARGIN} ${top - MARGIN} ${width} ${height}" font-family="${FONT}">` +
    `<defs>${defs}</defs><rect x="${left - MARGIN}" y="${top - MARGIN}" width="${width}" height="${height}" fill="${palette.bg}"/>` +
    `${drawLines(scene)}${items}${drawLabels(scene)}</svg>`;
  return { svg, width, height };
}

function curves({ graph, boxes, shown, layout }: Scene) {
  const at = new Map(boxes.map((box) => [box.id, box]));
  return graph.lines.flatMap((line) => {
    const [from, to] = [at.get(line.from), at.get(line.to)];
    const group = groupOf(line.rel);
    if (!from || !to || (group ? !shown.has(group.id) : to.inside === from.id)) return [];
    return [{ line, group, curve: curve(from, to, layout) }];
  });
}

function drawLines(scene: Scene): string {
  const strokes = curves(scene).map(({ group, curve: { d } }) => {
    const colour = group ? scene.palette.lines[group.id] : scene.palette.line;
    const dash = group?.dash ? ` stroke-dasharray="${group.dash}"` : '';
    return `<path d="${d}" stroke="${colour}"${dash}/>`;
  });
  return `<g fill="none" stroke-width="1.6">${strokes.join('')}</g>`;
}

function drawLabels(scene: Scene): string {
  const { palette, measure } = scene;
  const labels = curves(scene)
    .filter(({ line, group }) => group && line.label)
    .map(({ line, curve }) => {
      const text = fit(line.label, 160, 11, measure);
      return { text, curve, size: { w: measure(text, 11) + 12, h: 18 } };
    });
  const dots = scene.layout === 'organic';
  const boxes = dots
    ? scene.boxes.map((box) => ({ ...box, h: box.h + 18 }))
    : scene.boxes.filter((box) => box.inside === null);
  // Whoever has the picture cannot ask for what is left out.
  return placeLabels(labels, boxes, true)
    .map(({ text, x, y, size: { w: wide } }) => {
      return (
        `<rect x="${x - wide / 2}" y="${y - 9}" width="${wide}" height="18" rx="5" fill="${palette.surface}" stroke="${palette.line}"/>` +
        `<text x="${x}" y="${y + 4}" font-size="11" text-anchor="middle" fill="${palette.ink}">${escape(text)}</text>`
      );
    })
    .join('');
}

function drawBox(box: Box, scene: Scene, symbols: Map<string, string>): string {
  const item = scene.graph.items.get(box.id);
  if (!item) return '';
  const { palette, measure } = scene;
  const drawn = scene.icon(item);
  if (drawn.symbol) symbols.set(drawn.symbol.id, drawn.symbol.markup);
  if (scene.layout === 'organic') {
    const [x, y] = [box.x + box.w / 2, box.y + box.h / 2];
    const side = box.w * 0.5;
    const name = escape(fit(item.name, 130, 11, measure));
    return (
      `<circle cx="${x}" cy="${y}" r="${box.w / 2}" fill="${palette.surface}" stroke="${palette.line}"/>` +
      `${drawIcon(drawn, x - side / 2, y - side / 2, side)}` +
      `<text x="${x}" y="${box.y + box.h + 13}" font-size="11" text-anchor="middle" fill="${palette.ink}">${name}</text>`
    );
  }
  const outer = box.inside === null;
  const head = box.holds ? (outer ? 44 : 34) : box.h;
  const side = outer ? 22 : 18;
  const size = outer ? 13 : 12;
  const swatch = scene.graph.networks.get(item.networks[0] ?? -1)?.color;
  const room = box.w - side - 26 - (swatch ? 14 : 0);
  const y = box.y + head / 2;
  return (
    `<rect x="${box.x}" y="${box.y}" width="${box.w}" height="${box.h}" rx="${outer ? 11 : 8}" ` +
    `fill="${box.holds && !outer ? palette.sunken : palette.surface}" stroke="${palette.line}"/>` +
    drawIcon(drawn, box.x + 10, y - side / 2, side) +
    `<text x="${box.x + side + 18}" y="${y + size * 0.36}" font-size="${size}" font-weight="${box.holds ? 600 : 450}" ` +
    `fill="${palette.ink}">${escape(fit(item.name, room, size, measure))}</text>` +
    (swatch?.startsWith('#')
      ? `<rect x="${box.x + box.w - 17}" y="${y - 4}" width="8" height="8" rx="2" fill="${swatch}"/>`
      : '')
  );
}

function drawIcon({ symbol, colour, image, text }: Drawn, x: number, y: number, side: number): string {
  const at = `x="${x}" y="${y}" width="${side}" height="${side}"`;
  if (image) return `<image ${at} href="${escape(image)}"/>`;
  if (symbol) return `<use ${at} href="#${symbol.id}" fill="${colour}" color="${colour}"/>`;
  if (!text) return '';
  return `<text x="${x + side / 2}" y="${y + side * 0.8}" font-size="${side * 0.8}" text-anchor="middle" fill="${colour}">${escape(text)}</text>`;
}

/** As much of a text as has room. */
function fit(text: string, room: number, size: number, measure: Scene['measure']): string {
  if (measure(text, size) <= room) return text;
  const letters = [...text];
  while (letters.length > 1 && measure(`${letters.join('')}…`, size) > room) letters.pop();
  return `${letters.join('')}…`;
}
