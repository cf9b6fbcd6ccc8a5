/** What breaks if something stops, as the map shows it. Who depends on whom is the hub's answer, not a rule of this page. */
import type { Impact } from '../api/types.ts';
import { above, type Forest } from './forest.ts';
import type { MapLine } from './graph.ts';

export interface Harm {
  /** The one that stops. */
  source: number;
  /** Steps away from it, by item. */
  depth: ReadonlyMap<number, number>;
  /** Lines along which it spreads. */
  lines: ReadonlySet<number>;
  /** These, and what they stand on: the rest is dimmed. */
  lit: ReadonlySet<number>;
}

export function harm(impact: Impact, lines: readonly MapLine[], trees: Forest): Harm {
  const source = impact.item.id;
  const depth = new Map(impact.affected.map((one) => [one.id, one.depth]));
  const steps = new Set<string>();
  for (const { path } of impact.affected) {
    path.forEach((step, i) => steps.add(`${path[i - 1]?.id ?? source} ${step.id} ${step.rel}`));
  }
  const lit = new Set([source, ...depth.keys()]);
  for (const id of [...lit]) for (const base of above(trees, id)) lit.add(base);
  const along = lines.filter((line) => steps.has(spreads(line)));
  return { source, depth, lines: new Set(along.map((line) => line.id)), lit };
}

/** A line from what is needed to what needs it: a parent line is drawn that way, the others the other way round. */
const spreads = ({ from, to, rel }: MapLine) => (rel === 'parent' ? `${from} ${to} parent` : `${to} ${from} ${rel}`);

/** Affected items, nearest first, a group for each step away. */
export function byDepth(impact: Impact): [number, Impact['affected']][] {
  const groups = new Map<number, Impact['affected']>();
  for (const one of impact.affected) groups.set(one.depth, [...(groups.get(one.depth) ?? []), one]);
  return [...groups].sort(([one], [other]) => one - other);
}
