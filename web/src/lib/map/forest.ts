/** What stands on what, as trees. Rings and parents that do not exist cannot happen in the hub; here they break nothing. */

export interface Forest {
  /** Items that stand on nothing, in the order given. */
  roots: number[];
  children: ReadonlyMap<number, number[]>;
  /** The parent of each item that has one, without rings. */
  parent: ReadonlyMap<number, number>;
}

/** Each item is in it exactly once. A ring is cut above its lowest id. */
export function forest(ids: readonly number[], parentOf: (id: number) => number | null | undefined): Forest {
  const known = new Set(ids);
  const parent = new Map<number, number>();
  for (const id of known) {
    const above = parentOf(id);
    if (above !== null && above !== undefined && above !== id && known.has(above)) parent.set(id, above);
  }
  cutRings(parent);
  const children = new Map<number, number[]>();
  const roots: number[] = [];
  for (const id of known) {
    const above = parent.get(id);
    if (above === undefined) roots.push(id);
    else if (children.has(above)) children.get(above)!.push(id);
    else children.set(above, [id]);
  }
  return { roots, children, parent };
}

function cutRings(parent: Map<number, number>) {
  const sound = new Set<number>();
  for (const start of [...parent.keys()]) {
    const way: number[] = [];
    const onWay = new Set<number>();
    let at: number | undefined = start;
    while (at !== undefined && !sound.has(at) && !onWay.has(at)) {
      way.push(at);
      onWay.add(at);
      at = parent.get(at);
    }
    if (at !== undefined && onWay.has(at)) parent.delete(Math.min(...way.slice(way.indexOf(at))));
    for (const id of way) sound.add(id);
  }
}

/** Everything under an item, without it. */
export function under(trees: Forest, id: number): number[] {
  const found: number[] = [];
  const waiting = [...(trees.children.get(id) ?? [])];
  while (waiting.length) {
    const next = waiting.pop()!;
    found.push(next);
    waiting.push(...(trees.children.get(next) ?? []));
  }
  return found;
}

/** What an item stands on, nearest first. */
export function above(trees: Forest, id: number): number[] {
  const chain: number[] = [];
  for (let at = trees.parent.get(id); at !== undefined; at = trees.parent.get(at)) chain.push(at);
  return chain;
}
