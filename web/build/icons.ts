/**
 * Builds two sprites at build time, so that no icon is ever fetched from elsewhere:
 * `/brand.svg` (service logos from simple-icons, CC0) and `/symbols.svg` (lucide, ISC).
 * `virtual:brand` gives the slugs, `virtual:brand-titles` slug → title (only the picker needs it),
 * `virtual:symbols` the names in the second sprite.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as simpleIcons from 'simple-icons';
import type { Plugin } from 'vite';
import { BRANDS, SYMBOLS } from './icon-names.ts';

interface Logo {
  title: string;
  slug: string;
  hex: string;
  path: string;
}
type Rgb = [number, number, number];

const rgb = (hex: string): Rgb => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Rgb;
const hex = (colour: Rgb) => colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('');

function luminance(colour: Rgb): number {
  const [r, g, b] = colour
    .map((part) => part / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: Rgb, other: Rgb): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high! + 0.05) / (low! + 0.05);
}

/** Moves a brand colour towards black or white until it can be told from the surface (3:1). */
export function fitColour(brand: string, surface: string, towards: string): string {
  const [from, to, ground] = [rgb(brand), rgb(towards), rgb(surface)];
  for (let share = 0; share <= 1; share += 0.05) {
    const mixed = from.map((part, i) => part * (1 - share) + to[i]! * share) as Rgb;
    if (contrast(mixed, ground) >= 3) return hex(mixed);
  }
  return towards;
}

function logos(): Logo[] {
  const bySlug = new Map(
    Object.values(simpleIcons as unknown as Record<string, Logo>).map((logo) => [logo.slug, logo]),
  );
  return BRANDS.flatMap((slug) => bySlug.get(slug) ?? []);
}

const sprite = (symbols: string[]) => `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;

/** Its own colour in either theme, as the page's `color-scheme` says. */
function fill(brand: string): string {
  const [light, dark] = [fitColour(brand, 'ffffff', '000000'), fitColour(brand, '1b1d22', 'ffffff')];
  return light === dark ? `fill="#${light}"` : `style="fill:light-dark(#${light},#${dark})"`;
}

function brandSprite(): string {
  return sprite(
    logos().map((l) => `<symbol id="${l.slug}" viewBox="0 0 24 24"><path ${fill(l.hex)} d="${l.path}"/></symbol>`),
  );
}

function symbolSprite(root: string): string {
  const folder = join(root, 'node_modules/@lucide/svelte/dist/icons');
  const stroke = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return sprite(
    SYMBOLS.map((name) => {
      const source = readFileSync(join(folder, `${name}.svelte`), 'utf8');
      const data = /const iconData = (\{.*\});/.exec(source)?.[1];
      if (!data) throw new Error(`lucide changed its files: no icon data in ${name}`);
      const { node } = JSON.parse(data) as { node: [string, Record<string, string>][] };
      const shapes = node.map(([tag, attrs]) => {
        const text = Object.entries(attrs).map(([key, value]) => ` ${key}="${value}"`);
        return `<${tag}${text.join('')}/>`;
      });
      return `<symbol id="${name}" viewBox="0 0 24 24"><g ${stroke}>${shapes.join('')}</g></symbol>`;
    }),
  );
}

function virtualModule(id: string): string | undefined {
  if (id === 'virtual:brand') {
    const slugs = logos().map((logo) => logo.slug);
    return `export const brandNames = ${JSON.stringify(slugs.join(' '))};`;
  }
  if (id === 'virtual:brand-titles') {
    return `export const brandTitles = ${JSON.stringify(Object.fromEntries(logos().map((l) => [l.slug, l.title])))};`;
  }
  if (id === 'virtual:symbols') return `export const symbolNames = ${JSON.stringify(SYMBOLS.join(' '))};`;
}

export function icons(): Plugin {
  let root = process.cwd();
  const files = (): Record<string, string> => ({ 'brand.svg': brandSprite(), 'symbols.svg': symbolSprite(root) });
  return {
    name: 'labkeeper-icons',
    configResolved: (config) => void (root = config.root),
    resolveId: (id) => (id.startsWith('virtual:brand') || id === 'virtual:symbols' ? `\0${id}` : undefined),
    load: (id) => (id.startsWith('\0virtual:') ? virtualModule(id.slice(1)) : undefined),
    configureServer(server) {
      const served = files();
      server.middlewares.use((request, response, next) => {
        const body = served[(request.url ?? '').slice(1).split('?')[0]!];
        if (!body) return next();
        response.setHeader('content-type', 'image/svg+xml');
        response.end(body);
      });
    },
    generateBundle() {
      for (const [fileName, source] of Object.entries(files())) this.emitFile({ type: 'asset', fileName, source });
    },
  };
}
