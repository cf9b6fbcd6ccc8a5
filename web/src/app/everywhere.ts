/** Actions that have a key on every page: going places. Those without one are in `commands.ts`. */
import type { Action } from '../lib/actions.svelte.ts';
import { router } from '../lib/router.svelte.ts';
import { PLACES } from './nav.ts';

export const everywhere: Action[] = [
  ...PLACES.map((place) => ({
    id: `go ${place.href}`,
    label: `Go to ${place.label}`,
    icon: place.icon,
    keys: place.keys,
    run: () => void router.push(place.href),
  })),
  { id: 'reach', label: 'Go to Reachability', keys: 'g u', run: () => void router.push('/health/reachability') },
];
