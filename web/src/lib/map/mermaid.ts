/** The map as a Mermaid flowchart, for a README or a wiki. */
import type { Graph, MapItem } from './graph.ts';
import { OUTWARD } from '../relations.ts';

/** Quotes and line breaks end a Mermaid text; entities do not. */
const text = (value: string) =>
  value
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[#&<>"'`\\|[\]{}()]/g, (one) => `#${one.codePointAt(0)};`)
    .trim();

const SHAPE: Record<string, [string, string]> = {
  hardware: ['[', ']'],
  vms: ['(', ')'],
  containers: ['(', ')'],
  storage: ['[(', ')]'],
  networks: ['{{', '}}'],
};

function node(item: MapItem): string {
  const [open, close] = SHAPE[item.kind] ?? ['([', '])'];
  const address = item.address ? `<br/>${text(item.address)}` : '';
  return `n${item.id}${open}"${text(item.name) || `${text(item.kind)} ${item.id}`}${address}"${close}`;
}

export function mermaid(graph: Graph): string {
  const out = ['flowchart LR'];
  const write = (id: number, depth: number) => {
    const item = graph.items.get(id)!;
    const pad = '  '.repeat(depth);
    const children = graph.trees.children.get(id);
    if (!children) return out.push(`${pad}${node(item)}`);
    out.push(`${pad}subgraph s${id}["${text(item.name)}"]`, `${pad}  ${node(item)}`);
    for (const child of children) write(child, depth + 1);
    return out.push(`${pad}end`);
  };
  for (const id of graph.trees.roots) write(id, 1);
  for (const { from, to, rel, label } of graph.lines) {
    if (rel === 'parent') continue;
    const words = text(label) || (rel === 'edge' ? '' : OUTWARD[rel]);
    const arrow = rel === 'connected_to' || rel === 'edge' || rel === 'related' ? '---' : '-->';
    out.push(`  n${from} ${arrow}${words ? `|"${words}"|` : ''} n${to}`);
  }
  return `${out.join('\n')}\n`;
}
