/** What a person asks of a scan, between the form and the hub. No rules here: the hub holds them and names the field. */
import type { PortChoice } from '../api/discovery.ts';

export type Ports = 'quick' | 'standard' | 'full' | 'list';

/** The form, as typed. */
export interface Wish {
  cidr: string;
  ports: Ports;
  list: string;
  exclude: string;
  timeout: string;
  rate: string;
  concurrency: string;
}

export const ADVANCED = ['timeout', 'rate', 'concurrency'] as const;

export const emptyWish = (cidr = ''): Wish => ({
  cidr,
  ports: 'standard',
  list: '',
  exclude: '',
  timeout: '',
  rate: '',
  concurrency: '',
});

const words = (text: string) => text.split(/[\s,;]+/).filter(Boolean);
/** More than a hub takes; a longer range is left for it to refuse. */
const LONGEST = 65_535;

function portsOf(word: string): number[] | null {
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
  if (from === undefined) return null;
  const [low, high] = [Number(from), Number(to ?? from)];
  if (high < low || high > LONGEST) return to === undefined ? [low] : null;
  return Array.from({ length: high - low + 1 }, (_, i) => low + i);
}

/** "22, 8000-8010" → the ports in order; a word that is none goes on as it is. */
function portList(text: string): (number | string)[] {
  const parts = words(text).map((word) => portsOf(word) ?? [word]);
  const all: (number | string)[] = parts.flat();
  return [...new Set(all)].sort((a, b) => Number(a) - Number(b));
}

const numeric = (text: string) => (Number.isFinite(Number(text)) ? Number(text) : text.trim());

/** What is sent. What was left empty is left out, so that the hub's own measure holds. */
export function wishBody(wish: Wish): Record<string, unknown> {
  const body: Record<string, unknown> = { cidr: wish.cidr.trim() };
  body.ports = wish.ports === 'list' ? portList(wish.list) : wish.ports;
  const exclude = words(wish.exclude);
  if (exclude.length) body.exclude = exclude;
  for (const name of ADVANCED) if (wish[name].trim()) body[name] = numeric(wish[name]);
  return body;
}

/** Runs of ports in a row are written as such: 22, 8000-8003. */
export function portText(ports: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const port of ports.toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && port === last[1] + 1) last[1] = port;
    else runs.push([port, port]);
  }
  return runs
    .map(([from, to]) => (to - from > 1 ? `${from}-${to}` : from === to ? `${from}` : `${from}, ${to}`))
    .join(', ');
}

const PRESET = { quick: 'quick ports', standard: 'standard ports', full: 'full ports' } as const;

/** In words: "standard ports", "ports 22, 80". */
export const choiceText = (choice: PortChoice): string =>
  typeof choice === 'string'
    ? PRESET[choice]
    : choice.length === 1
      ? `port ${portText(choice)}`
      : `ports ${portText(choice)}`;

/** How many addresses a block of IPv4 has; null for what is none. */
export function blockSize(cidr: string): number | null {
  const [, bits] = /^\s*\d{1,3}(?:\.\d{1,3}){3}(?:\/(\d{1,2}))?\s*$/.exec(cidr) ?? ['', null];
  if (bits === null) return null;
  const length = Number(bits ?? 32);
  return length <= 32 ? 2 ** (32 - length) : null;
}

export interface Proposal {
  cidr: string;
  /** Where it is from. */
  label: string;
}

const FEW = 8;

/** Blocks worth a scan, each once: what is scanned by the clock, the networks of the inventory, what was scanned before. */
export function proposals(
  scheduled: readonly string[],
  networks: readonly { name: string; subnet: string }[],
  scanned: readonly string[],
): Proposal[] {
  const all: Proposal[] = [
    ...networks.filter((one) => one.subnet).map((one) => ({ cidr: one.subnet, label: one.name })),
    ...scheduled.map((cidr) => ({ cidr, label: 'by the clock' })),
    ...scanned.map((cidr) => ({ cidr, label: 'scanned before' })),
  ];
  const first = new Map<string, Proposal>();
  for (const one of all) if (!first.has(one.cidr)) first.set(one.cidr, one);
  return [...first.values()].slice(0, FEW);
}
