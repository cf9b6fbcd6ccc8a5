/** The command that connects a cluster, and what its tiers mean. */
import type { Tier } from '../api/proxmox.ts';

/** Root is no answer to set-up: it is added to a companion connection, by hand. */
export type SetUpTier = Exclude<Tier, 'root'>;
export type Mode = 'auto' | 'paste';

export const TIER_TEXT: Record<SetUpTier, { label: string; may: string; held: string }> = {
  observe: {
    label: 'Observe',
    may: 'Reads nodes, guests, storage and health. Changes nothing.',
    held: 'The node itself enforces this: the token has no right to change anything, whatever labkeeper is told.',
  },
  operate: {
    label: 'Operate',
    may: 'Also starts, stops and restarts guests, and makes, restores and deletes snapshots.',
    held: 'The node itself enforces this: the token has these rights and no others.',
  },
  companion: {
    label: 'Companion',
    may: 'Also runs commands and edits files in guests, over SSH as root.',
    held: 'Only labkeeper enforces this: its key may do anything on the node. You trust labkeeper with the node.',
  },
};

/** A host name or an address, with a port if need be: nothing in it means anything to a shell. */
export const isHost = (text: string): boolean => /^(?:[\da-z][\da-z.-]*|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(text);

/** What a connection may be called. */
export const isName = (text: string): boolean => /^[\da-z][\w-]{0,62}$/i.test(text);

export interface SetUp {
  tier: SetUpTier;
  host: string;
  /** Empty for the name that set-up gives by itself. */
  name: string;
  mode: Mode;
}

export function setUpCommand({ tier, host, name, mode }: SetUp): string {
  const words = ['labkeeper', 'setup', '--tier', tier, '--node-host', isHost(host) ? host : 'HOST'];
  if (name) words.push('--name', isName(name) ? name : 'NAME');
  if (mode === 'paste') words.push('--bootstrap-mode', 'paste');
  return words.join(' ');
}
