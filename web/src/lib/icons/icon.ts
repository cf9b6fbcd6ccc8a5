/** What an item's `icon` text means, and which logo its name suggests. */
import { brandNames } from 'virtual:brand';
import { symbolNames } from 'virtual:symbols';

export type Icon =
  | { as: 'logo'; slug: string }
  | { as: 'symbol'; name: string }
  | { as: 'image'; url: string }
  | { as: 'text'; text: string };

export const LOGO_SLUGS = brandNames.split(' ');
const LOGOS = new Set(LOGO_SLUGS);
export const SYMBOLS = symbolNames.split(' ');
const SYMBOL_SET = new Set(SYMBOLS);

/** Names that services go by, where the logo has another slug. */
const ALIAS: Record<string, string> = {
  traefik: 'traefikproxy',
  drawio: 'diagramsdotnet',
  guacamole: 'apacheguacamole',
  nginxproxymanager: 'nginxproxymanager',
  npm: 'nginxproxymanager',
  adguardhome: 'adguard',
  paperless: 'paperlessngx',
  hass: 'homeassistant',
  haos: 'homeassistant',
  firefly: 'fireflyiii',
  postgres: 'postgresql',
  mosquitto: 'eclipsemosquitto',
  unifi: 'ubiquiti',
  calibre: 'calibreweb',
  kuma: 'uptimekuma',
  actual: 'actualbudget',
  pve: 'proxmox',
  pbs: 'proxmox',
  rpi: 'raspberrypi',
  plausible: 'plausibleanalytics',
  rocketchat: 'rocketdotchat',
  synapse: 'element',
  k8s: 'kubernetes',
};

export function logo(slug: string): Icon | undefined {
  return LOGOS.has(slug) ? { as: 'logo', slug } : undefined;
}

/** Undefined when nothing we can draw: the kind's own glyph stands in. */
export function parseIcon(text: string | null | undefined): Icon | undefined {
  if (!text) return undefined;
  if (text.startsWith('si:')) return logo(text.slice(3));
  if (text.startsWith('lucide:')) {
    const name = text.slice(7);
    return SYMBOL_SET.has(name) ? { as: 'symbol', name } : undefined;
  }
  if (/^\/api\/icons\//.test(text) || /^data:image\/(png|jpeg|webp|gif|svg\+xml)[;,]/.test(text))
    return { as: 'image', url: text };
  if (/^[a-z][a-z0-9-]{2,}$/.test(text)) return SYMBOL_SET.has(text) ? { as: 'symbol', name: text } : logo(text);
  return [...text].length <= 8 ? { as: 'text', text } : undefined;
}

const squash = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Slugs that a name hints at, best first: the whole name, then its words. */
export function suggestLogos(...names: (string | null | undefined)[]): string[] {
  const found = new Set<string>();
  for (const name of names) {
    if (!name) continue;
    const words = name.split(/[^\p{L}\p{N}]+/u).map((word) => word.replace(/\d+$/, ''));
    for (const candidate of [name, words.slice(0, 3).join(''), words.slice(0, 2).join(''), ...words]) {
      const slug = squash(candidate);
      const known = LOGOS.has(slug) ? slug : ALIAS[slug];
      if (known) found.add(known);
    }
  }
  return [...found];
}

const guesses = new Map<string, Icon | undefined>();

/** The stored icon, else the logo of a service that has exactly this name. */
export function iconFor(icon: string | null | undefined, name: string): Icon | undefined {
  const own = parseIcon(icon);
  if (own) return own;
  if (!guesses.has(name)) {
    const slug = squash(name.replace(/[-_ ]?\d+$/, ''));
    const known = LOGOS.has(slug) ? slug : ALIAS[slug];
    guesses.set(name, known ? logo(known) : undefined);
  }
  return guesses.get(name);
}

/** Hue of a kind's tile; unknown kinds get one of their own. */
const HUES: Record<string, number> = {
  hardware: 255,
  vms: 292,
  containers: 215,
  apps: 345,
  storage: 70,
  shares: 100,
  networks: 165,
  misc: 30,
  documents: 240,
};
export const hue = (kind: string) => HUES[kind] ?? [...kind].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 360;

const GLYPHS: Record<string, string> = {
  hardware: 'server',
  vms: 'monitor',
  containers: 'box',
  apps: 'app-window',
  storage: 'hard-drive',
  shares: 'folder-sync',
  networks: 'network',
  documents: 'file-text',
};

/** The symbol of a kind, whatever the server calls it. */
export function glyph(kind: string, declared?: string | null): string {
  const name = declared?.replace(/^lucide:/, '');
  return name && SYMBOL_SET.has(name) ? name : (GLYPHS[kind] ?? 'shapes');
}
