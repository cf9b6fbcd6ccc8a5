/** The map as the pages use it, read from the hub's answer. What points nowhere, or is there twice, is left out. */
import type { Rel } from '../api/types.ts';
import { above, forest, type Forest } from './forest.ts';

export interface MapItem {
  id: number;
  kind: string;
  name: string;
  icon: string | null;
  address: string | null;
  /** Networks it is in, the one that colours it first. */
  networks: number[];
}

export interface MapLine {
  id: number;
  /** For `parent`, the one that carries. */
  from: number;
  to: number;
  rel: Rel;
  label: string;
}

export interface Network {
  id: number;
  name: string;
  color: string;
  vlan: number | null;
}

export interface Graph {
  items: ReadonlyMap<number, MapItem>;
  lines: MapLine[];
  trees: Forest;
  networks: ReadonlyMap<number, Network>;
}

/** As `/api/map/graph` and `/api/map/networks` give it. */
export interface GraphAnswer {
  nodes: { data: Record<string, unknown> }[];
  edges: { data: Record<string, unknown> }[];
}
export interface LegendAnswer {
  networks: { id: number; name: string; color: string; vlan_id: number | null }[];
}

const text = (value: unknown) => (typeof value === 'string' && value ? value : null);
const whole = (value: unknown) => (Number.isInteger(value) ? (value as number) : null);
const RELS = new Set<string>([
  ...['parent', 'connected_to', 'member_of', 'depends_on', 'backs_up', 'mounts', 'related', 'edge'],
]);
const COLOUR = /^#[\da-f]{3,8}$/i;

export function readGraph(answer: GraphAnswer, legend: LegendAnswer): Graph {
  const networks = new Map(
    legend.networks.map(({ id, name, color, vlan_id: vlan }) => [
      id,
      { id, name, color: COLOUR.test(color) ? color : 'var(--off-fill)', vlan },
    ]),
  );
  const items = new Map<number, MapItem>();
  const byKey = new Map<string, number>();
  for (const { data } of answer.nodes ?? []) {
    const item = readItem(data);
    if (!item || items.has(item.id)) continue;
    items.set(item.id, item);
    byKey.set(String(data.id), item.id);
  }
  const lines = readLines(answer, (key) => byKey.get(key) ?? networkEnd(key, networks, items));
  return { items, lines, trees: treesOf(items, lines), networks };
}

function readItem(data: Record<string, unknown>): MapItem | null {
  const id = whole(data?.entity_id);
  const kind = text(data?.type);
  if (id === null || kind === null) return null;
  const networks = Array.isArray(data.networkIds) ? data.networkIds : [data.networkId];
  return {
    id,
    kind,
    name: text(data.rawName) ?? `${kind}-${id}`,
    icon: text(data.imageIcon) ?? text(data.icon),
    address: text(data.address),
    networks: networks.map(whole).filter((one) => one !== null),
  };
}

/** A network is drawn only where a line leads to it: as a rule it is a colour. */
function networkEnd(key: string, networks: ReadonlyMap<number, Network>, items: Map<number, MapItem>) {
  const id = /^networks-(\d+)$/.exec(key)?.[1];
  const network = id === undefined ? undefined : networks.get(Number(id));
  if (!network) return undefined;
  const item = {
    id: network.id,
    kind: 'networks',
    name: network.name,
    icon: null,
    address: null,
    networks: [network.id],
  };
  if (!items.has(network.id)) items.set(network.id, item);
  return network.id;
}

function readLines(answer: GraphAnswer, end: (key: string) => number | undefined): MapLine[] {
  const seen = new Set<number>();
  const lines: MapLine[] = [];
  for (const { data } of answer.edges ?? []) {
    const id = whole(data?.id);
    if (id === null || seen.has(id)) continue;
    const [from, to] = [end(String(data.source)), end(String(data.target))];
    if (from === undefined || to === undefined) continue;
    seen.add(id);
    const rel = RELS.has(String(data.rel)) ? (data.rel as Rel) : 'related';
    lines.push({ id, from, to, rel, label: ownLabel(rel, text(data.label) ?? '') });
  }
  return lines;
}

/** The hub says the relation in words where a line has no text of its own; the map says it by the look of the line. */
const ownLabel = (rel: Rel, label: string) => (label === rel.replace('_', ' ') ? '' : label);

function treesOf(items: ReadonlyMap<number, MapItem>, lines: readonly MapLine[]): Forest {
  const parents = new Map<number, number>();
  for (const line of lines) if (line.rel === 'parent') parents.set(line.to, line.from);
  return forest([...items.keys()], (id) => parents.get(id));
}

export interface Narrowing {
  /** Kinds that are not shown. */
  hidden: ReadonlySet<string>;
  /** Only what is in one of these; all when empty. */
  networks: ReadonlySet<number>;
}

/** Networks of an item, or of the nearest thing it stands on that is in one. */
export function networksOf(graph: Graph, id: number): readonly number[] {
  for (const at of [id, ...above(graph.trees, id)]) {
    const own = graph.items.get(at)?.networks ?? [];
    if (own.length) return own;
  }
  return [];
}

/** Less of it. What stood on something hidden stands on the next thing below; what carries something shown is shown. */
export function narrow(graph: Graph, { hidden, networks }: Narrowing): Graph {
  if (!hidden.size && !networks.size) return graph;
  const kept = new Set<number>();
  for (const [id, item] of graph.items) {
    if (hidden.has(item.kind)) continue;
    if (networks.size && !networksOf(graph, id).some((network) => networks.has(network))) continue;
    kept.add(id);
    for (const base of above(graph.trees, id)) if (!hidden.has(graph.items.get(base)!.kind)) kept.add(base);
  }
  const items = new Map([...graph.items].filter(([id]) => kept.has(id)));
  const lines = graph.lines.filter((line) => kept.has(line.from) && kept.has(line.to));
  const trees = forest([...kept], (id) => above(graph.trees, id).find((base) => kept.has(base)));
  return { items, lines, trees, networks: graph.networks };
}

/** Items whose name, kind or address has every word. */
export function matching(graph: Graph, words: string, kindLabel: (kind: string) => string): Set<number> | null {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return null;
  const found = new Set<number>();
  for (const [id, item] of graph.items) {
    const nets = item.networks.map((net) => graph.networks.get(net)?.name ?? '').join(' ');
    const text = `${item.name} ${item.address ?? ''} ${kindLabel(item.kind)} ${nets}`.toLowerCase();
    if (wanted.every((word) => text.includes(word))) found.add(id);
  }
  return found;
}

/** An item, what its lines lead to, and what all of these stand on. */
export function neighbourhood(graph: Graph, id: number): Set<number> {
  const near = new Set([id]);
  for (const line of graph.lines) {
    if (line.from === id) near.add(line.to);
    if (line.to === id) near.add(line.from);
  }
  for (const one of [...near]) for (const base of above(graph.trees, one)) near.add(base);
  return near;
}
