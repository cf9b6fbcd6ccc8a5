/** Makes the files that a person saves: SVG and PNG with everything in them, Mermaid as text. */
import { glyph, iconFor } from '../icons/icon.ts';
import { download } from '../table/csv.ts';
import type { Graph, MapItem } from './graph.ts';
import type { Box, LayoutName } from './layout.ts';
import { GROUPS, type LineGroup } from './look.ts';
import { mermaid } from './mermaid.ts';
import { picture, type Drawn, type Palette, type Picture } from './picture.ts';

export interface Shown {
  graph: Graph;
  boxes: readonly Box[];
  lines: ReadonlySet<LineGroup>;
  layout: LayoutName;
}

/** The largest side of a picture that every browser still paints. */
const MOST_PIXELS = 8192;
const NAME = 'labkeeper-map';

export const saveMermaid = (graph: Graph) => download(`${NAME}.mmd`, mermaid(graph), 'text/vnd.mermaid');

export async function saveSvg(shown: Shown): Promise<void> {
  download(`${NAME}.svg`, (await draw(shown)).svg, 'image/svg+xml');
}

export async function savePng(shown: Shown): Promise<void> {
  const { svg, width, height } = await draw(shown);
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.min(2, MOST_PIXELS / Math.max(width, height));
    const canvas = Object.assign(document.createElement('canvas'), {
      width: Math.ceil(width * scale),
      height: Math.ceil(height * scale),
    });
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (!blob) throw new Error('The browser could not paint a picture of this size');
    download(`${NAME}.png`, blob, 'image/png');
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function draw({ graph, boxes, lines, layout }: Shown): Promise<Picture> {
  const paint = painter();
  const icons = await drawnIcons(
    boxes.flatMap((box) => graph.items.get(box.id) ?? []),
    paint,
  );
  const pen = document.createElement('canvas').getContext('2d')!;
  const measure = (text: string, size: number) => {
    pen.font = `${size}px Geist, sans-serif`;
    return pen.measureText(text).width;
  };
  const palette: Palette = {
    bg: paint('var(--bg)'),
    surface: paint('var(--surface)'),
    sunken: paint('var(--sunken)'),
    line: paint('var(--line-2)'),
    ink: paint('var(--ink)'),
    faint: paint('var(--ink-3)'),
    lines: Object.fromEntries(GROUPS.map(({ id, colour }) => [id, paint(colour)])) as Palette['lines'],
  };
  return picture({ graph, boxes, shown: lines, layout, palette, icon: (item) => icons.get(item.id)!, measure });
}

/** Colours as `#rrggbb`: drawing programs know neither our variables nor oklch. */
function painter(): (colour: string) => string {
  const style = getComputedStyle(document.documentElement);
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', {
    willReadFrequently: true,
  })!;
  return (colour) => {
    const name = /^var\((--[\w-]+)\)$/.exec(colour)?.[1];
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = name ? style.getPropertyValue(name) : colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    return `#${[r, g, b].map((part) => part!.toString(16).padStart(2, '0')).join('')}`;
  };
}

async function sprite(file: string): Promise<(id: string) => string | null> {
  const text = await (await fetch(file)).text();
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
  const writer = new XMLSerializer();
  return (id) => {
    const symbol = parsed.getElementById(id);
    return symbol ? [...symbol.childNodes].map((node) => writer.serializeToString(node)).join('') : null;
  };
}

/** The colour of a logo in the light theme and in the dark one. */
const EITHER = /light-dark\((#\w+),\s*(#\w+)\)/;

async function drawnIcons(items: MapItem[], paint: (colour: string) => string): Promise<Map<number, Drawn>> {
  const [brands, symbols] = await Promise.all([sprite('/brand.svg'), sprite('/symbols.svg')]);
  const images = new Map<string, Promise<string | undefined>>();
  const dark = document.documentElement.classList.contains('dark');
  const colour = paint('var(--ink-2)');
  const drawn = async (item: MapItem): Promise<Drawn> => {
    const icon = iconFor(item.icon, item.name);
    if (icon?.as === 'image') {
      if (!images.has(icon.url)) images.set(icon.url, asData(icon.url));
      const image = await images.get(icon.url);
      if (image) return { image, colour };
    }
    if (icon?.as === 'text') return { text: icon.text, colour };
    const logo = icon?.as === 'logo' ? brands(icon.slug) : null;
    if (icon?.as === 'logo' && logo)
      return { symbol: { id: `b-${icon.slug}`, markup: logo.replace(EITHER, dark ? '$2' : '$1') }, colour };
    const name = icon?.as === 'symbol' ? icon.name : glyph(item.kind);
    return { symbol: { id: `s-${name}`, markup: symbols(name) ?? '' }, colour };
  };
  return new Map(await Promise.all(items.map(async (item) => [item.id, await drawn(item)] as const)));
}

/** An icon that cannot be read is left out; the picture is worth having without it. */
async function asData(url: string): Promise<string | undefined> {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) return undefined;
  const bytes = await answer.blob();
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => done(undefined);
    reader.readAsDataURL(bytes);
  });
}
