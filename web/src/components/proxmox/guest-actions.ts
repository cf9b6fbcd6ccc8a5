/** What this person and the connection may do with a guest just now, as actions for buttons and menus. */
import Play from '@lucide/svelte/icons/play';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import Square from '@lucide/svelte/icons/square';

import type { Action } from '../../lib/actions.svelte.ts';
import type { Guest } from '../../lib/api/proxmox.ts';
import { power, verbsFor, WORDS } from '../../lib/proxmox/power.svelte.ts';
import { session } from '../../lib/session.svelte.ts';

const ICON = { start: Play, stop: Square, restart: RotateCw };

export function guestActions(guest: Guest): Action[] {
  if (!session.can('operator') || !guest.operable || power.of(guest)) return [];
  return verbsFor(guest).map((verb) => ({
    id: verb,
    label: verb === 'start' ? WORDS[verb].verb : `${WORDS[verb].verb}…`,
    icon: ICON[verb],
    danger: verb === 'stop',
    run: () => void power.act(guest, verb),
  }));
}
