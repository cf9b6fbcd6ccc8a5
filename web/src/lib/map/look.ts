/** How each relation is drawn, on the page and in exported pictures. */
import type { Rel } from '../api/types.ts';

export type LineGroup = 'cables' | 'drawn' | 'depends' | 'mounts' | 'backups';

/** `inner` ones run between things in boxes, and over the boxes. */
export const GROUPS: { id: LineGroup; label: string; rels: Rel[]; colour: string; dash?: string; inner?: true }[] = [
  { id: 'cables', label: 'Cables', rels: ['connected_to'], colour: 'var(--accent)' },
  { id: 'drawn', label: 'Drawn lines', rels: ['edge', 'related'], colour: 'var(--ink-2)', dash: '2 4' },
  { id: 'depends', label: 'Depends on', rels: ['depends_on'], colour: 'oklch(0.62 0.13 292)', inner: true },
  { id: 'mounts', label: 'Mounts', rels: ['mounts'], colour: 'oklch(0.68 0.13 70)', dash: '6 5', inner: true },
  { id: 'backups', label: 'Backups', rels: ['backs_up'], colour: 'oklch(0.62 0.1 190)', dash: '10 4', inner: true },
];
/** Shown until a person says otherwise; the organic layout lives from all of them. */
export const AT_FIRST: LineGroup[] = ['cables', 'drawn'];

const BY_REL = new Map(GROUPS.flatMap((group) => group.rels.map((rel) => [rel, group] as const)));
export const groupOf = (rel: Rel) => BY_REL.get(rel);

/** Relations whose text a person may change on the map. */
export const labelled = (rel: Rel) => BY_REL.has(rel);

/** What a line may mean, as the dialog asks it. */
export const MEANINGS: { rel: Rel; label: string; help: string }[] = [
  { rel: 'connected_to', label: 'is connected to', help: 'A cable. The label is the port or the speed.' },
  { rel: 'depends_on', label: 'depends on', help: 'It breaks when the other one stops.' },
  { rel: 'mounts', label: 'mounts', help: 'It breaks when the other one stops.' },
  { rel: 'backs_up', label: 'backs up', help: 'It holds backups of the other one.' },
  { rel: 'related', label: 'is related to', help: 'Anything else, said by the label.' },
  { rel: 'edge', label: 'gets a line to', help: 'A line on the map and nothing more.' },
];
