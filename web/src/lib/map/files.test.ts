import { describe, expect, it } from 'vitest';

import { readGraph } from './graph.ts';
import { arrange } from './layout.ts';
import { AT_FIRST } from './look.ts';
import { mermaid } from './mermaid.ts';
import { picture, type Scene } from './picture.ts';

const node = (id: number, kind: string, name: string, address?: string) => ({
  data: { id: `${kind}-${id}`, entity_id: id, type: kind, rawName: name, address },
});
const HOSTILE = '"]; click n1 call alert() <script>alert(1)</script> & `x`\n%%';
const graph = readGraph(
  {
    nodes: [node(1, 'hardware', 'pve-01', '10.0.0.5'), node(2, 'vms', HOSTILE), node(3, 'storage', 'tank')],
    edges: [
      { data: { id: 1, source: 'hardware-1', target: 'vms-2', rel: 'parent', label: 'hosts' } },
      { data: { id: 2, source: 'vms-2', target: 'storage-3', rel: 'mounts', label: 'a|b "c" </text>' } },
      { data: { id: 3, source: 'hardware-1', target: 'storage-3', rel: 'connected_to', label: '' } },
      { data: { id: 4, source: 'storage-3', target: 'storage-3', rel: 'edge', label: 'loop' } },
    ],
  },
  { networks: [] },
);

describe('Mermaid', () => {
  const lines = mermaid(graph).split('\n');

  it('draws boxes in boxes, lines with their text, and what they mean where they have none', () => {
    expect(lines.slice(0, 4)).toEqual([
      'flowchart LR',
      '  subgraph s1["pve-01"]',
      '    n1["pve-01<br/>10.0.0.5"]',
      expect.stringMatching(/^ {4}n2\("/),
    ]);
    expect(lines).toContain('  n1 ---|"connected to"| n3');
    expect(lines).toContain('  n3 ---|"loop"| n3');
  });

  it('lets no text out of its quotes', () => {
    for (const line of lines) {
      const outside = line.replace(/"[^"]*"/g, '').replace(/^(flowchart LR| *subgraph s1\[\]| *end)$/, '');
      expect(outside).toMatch(/^ *(n\d+([[({]{1,2}[\])}]{1,2})?( -(--|->)(\|\|)? n\d+)?)?$/);
    }
    expect(mermaid(graph)).not.toMatch(/<script|\n%%/);
  });
});

describe('the picture', () => {
  const items = [...graph.items.values()].map(({ id, kind }) => ({
    id,
    kind,
    parent: graph.trees.parent.get(id) ?? null,
  }));
  const scene = (layout: Scene['layout']): Scene => ({
    graph,
    boxes: arrange({ layout, items, lines: graph.lines, pins: [], aspect: 1.5 }),
    shown: new Set([...AT_FIRST, 'mounts']),
    layout,
    palette: {
      ...{ bg: '#fff', surface: '#fff', sunken: '#eee', line: '#ccc', ink: '#111', faint: '#777' },
      lines: { cables: '#00f', drawn: '#333', depends: '#808', mounts: '#a70', backups: '#077' },
    },
    icon: () => ({ symbol: { id: 's-box', markup: '<path d="M0 0h24"/>' }, colour: '#333' }),
    measure: (text, size) => text.length * size * 0.55,
  });
  const parsed = (layout: Scene['layout']) =>
    new DOMParser().parseFromString(picture(scene(layout)).svg, 'image/svg+xml').documentElement;

  it.each(['nested', 'layered', 'organic'] as const)('is an SVG of its own with everything in it: %s', (layout) => {
    const svg = parsed(layout);
    expect(svg.querySelector('parsererror')).toBeNull();
    expect(svg.querySelectorAll('use')).toHaveLength(3);
    expect(svg.querySelectorAll('symbol')).toHaveLength(1);
    expect(svg.querySelector('script')).toBeNull();
    expect([...svg.querySelectorAll('text')].map((text) => text.textContent)).toEqual(
      expect.arrayContaining(['pve-01', 'tank', 'loop', 'a|b "c" </text>']),
    );
    expect(picture(scene(layout)).svg).not.toMatch(/(?:href|src)="(?!#|data:)|url\(/);
  });

  it('cuts a name that has no room, and says so', () => {
    const name = [...parsed('nested').querySelectorAll('text')].find((text) => text.textContent!.startsWith('"]'))!;
    expect(name.textContent).toMatch(/…$/);
  });
});
