/** Relations in words, from either end. */
import type { Rel } from './api/types.ts';

/* @wc-include */
export const OUTWARD: Record<Rel, string> = {
  parent: 'stands on',
  connected_to: 'connected to',
  member_of: 'member of',
  depends_on: 'depends on',
  backs_up: 'backs up',
  mounts: 'mounts',
  related: 'related to',
  edge: 'drawn to',
};
/* @wc-include */
export const INWARD: Record<Rel, string> = {
  parent: 'carries',
  connected_to: 'connected to',
  member_of: 'has member',
  depends_on: 'needed by',
  backs_up: 'backed up by',
  mounts: 'mounted by',
  related: 'related to',
  edge: 'drawn from',
};
/** The ones that a person adds by hand. */
export const CHOICES: Rel[] = ['depends_on', 'connected_to', 'mounts', 'backs_up', 'related'];
