import { describe, expect, it } from 'vitest';

import { forest } from './forest.ts';
import { matching, narrow, neighbourhood, networksOf, readGraph, type GraphAnswer } from './graph.ts';

const node = (id: number, kind: string, name: string, more = {}) => ({
  data: { id: `${kind}-${id}`, entity_id: id, type: kind, rawName: name, label: name, ...more },
});
const edge = (id: unknown, source: string, target: string, rel = 'parent', label = '') => ({
  data: { id, source, target, rel, label },
});
const NETWORKS = {
  networks: [
    { id: 90, name: 'servers', color: '#22aa66', vlan_id: 20 },
    { id: 91, name: 'odd', color: 'red;background:url(//x)', vlan_id: null },
  ],
};
const LAB: GraphAnswer = {
  nodes: [
    node(1, 'hardware', 'pve-01', { address: '10.0.0.5', networkId: 90, networkIds: [90, 91] }),
    node(2, 'vms', 'docker-01'),
    node(3, 'apps', 'Jellyfin'),
    node(4, 'hardware', 'switch'),
    node(5, 'apps', 'Alone'),
  ],
  edges: [
    edge(1, 'hardware-1', 'vms-2', 'parent', 'hosts'),
    edge(2, 'vms-2', 'apps-3', 'parent', 'runs'),
    edge(3, 'hardware-1', 'hardware-4', 'connected_to', 'port 3'),
    edge(4, 'apps-5', 'apps-3', 'depends_on', 'depends on'),
  ],
};
const whole = () => readGraph(LAB, NETWORKS);
const no = { hidden: new Set<string>(), networks: new Set<number>() };

describe('the graph', () => {
  it('has a tree of what stands on what, and lines with the text that somebody gave them', () => {
    const graph = whole();
    expect(graph.trees.roots).toEqual([1, 4, 5]);
    expect(graph.trees.parent.get(3)).toBe(2);
    expect(graph.lines.map(({ rel, label }) => [rel, label])).toEqual([
      ['parent', 'hosts'],
      ['parent', 'runs'],
      ['connected_to', 'port 3'],
      ['depends_on', ''],
    ]);
  });

  it('leaves out what cannot be drawn: dangling ends, things without an id, the same thing again', () => {
    const graph = readGraph(
      {
        nodes: [...LAB.nodes, LAB.nodes[0]!, { data: { id: 'x' } }, node(1, 'vms', 'again')],
        edges: [
          ...LAB.edges,
          edge(3, 'hardware-1', 'hardware-4', 'connected_to'),
          edge(7, 'hardware-1', 'hardware-404', 'edge'),
          edge(8, 'networks-404', 'hardware-1', 'edge'),
          edge(null, 'hardware-1', 'hardware-4', 'edge'),
        ],
      },
      NETWORKS,
    );
    expect([...graph.items.keys()]).toEqual([1, 2, 3, 4, 5]);
    expect(graph.lines.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  it('draws a network where a line leads to it, and takes no colour that is none', () => {
    const graph = readGraph({ ...LAB, edges: [edge(9, 'hardware-4', 'networks-91', 'edge', 'uplink')] }, NETWORKS);
    expect(graph.items.get(91)).toMatchObject({ kind: 'networks', name: 'odd' });
    expect(graph.networks.get(91)!.color).not.toContain('url');
    expect(graph.networks.get(90)!.color).toBe('#22aa66');
  });

  it('keeps a line from something to itself: it can be removed only where it is seen', () => {
    const graph = readGraph({ ...LAB, edges: [edge(9, 'hardware-4', 'hardware-4', 'edge')] }, NETWORKS);
    expect(graph.lines).toMatchObject([{ from: 4, to: 4 }]);
  });
});

describe('a forest', () => {
  it('cuts a ring above its lowest id and keeps everything that hangs on it', () => {
    const parents = new Map([
      [2, 4],
      [3, 2],
      [4, 3],
      [5, 4],
      [6, 6],
    ]);
    const trees = forest([2, 3, 4, 5, 6], (id) => parents.get(id));
    expect(trees.roots).toEqual([2, 6]);
    expect([...trees.parent].sort()).toEqual([
      [3, 2],
      [4, 3],
      [5, 4],
    ]);
  });
});

describe('narrowing', () => {
  it('hangs what stood on something hidden on what is below it', () => {
    const graph = narrow(whole(), { ...no, hidden: new Set(['vms']) });
    expect([...graph.items.keys()]).toEqual([1, 3, 4, 5]);
    expect(graph.trees.parent.get(3)).toBe(1);
    expect(graph.lines.map(({ id }) => id)).toEqual([3, 4]);
  });

  it('shows a network with what stands in it: an app is where its host is', () => {
    const graph = whole();
    expect(networksOf(graph, 3)).toEqual([90, 91]);
    expect(networksOf(graph, 4)).toEqual([]);
    expect([...narrow(graph, { ...no, networks: new Set([90]) }).items.keys()]).toEqual([1, 2, 3]);
  });

  it('keeps what carries something shown, though it is in another network itself', () => {
    const answer = { ...LAB, nodes: LAB.nodes.map((one) => ({ data: { ...one.data } })) };
    answer.nodes[1]!.data.networkIds = [91];
    const graph = narrow(readGraph(answer, NETWORKS), { ...no, networks: new Set([91]) });
    expect(graph.trees.parent.get(2)).toBe(1);
  });
});

describe('finding', () => {
  const kind = (key: string) => ({ vms: 'VM', hardware: 'Hardware', apps: 'App' })[key] ?? key;
  it('looks for every word in names, kinds, addresses and networks', () => {
    expect([...matching(whole(), 'pve 10.0.0', kind)!]).toEqual([1]);
    expect([...matching(whole(), 'vm', kind)!]).toEqual([2]);
    expect([...matching(whole(), 'servers hardware', kind)!]).toEqual([1]);
    expect(matching(whole(), 'nothing has this', kind)!.size).toBe(0);
    expect(matching(whole(), '  ', kind)).toBeNull();
  });

  it('has near an item what its lines lead to, and what these stand on', () => {
    expect([...neighbourhood(whole(), 5)].sort()).toEqual([1, 2, 3, 5]);
  });
});
