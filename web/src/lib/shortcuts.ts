/** Keys of the whole app. Single keys yield to fields, dialogs and the setting that turns them off. */
import { actions } from './actions.svelte.ts';
import { overlays } from './overlays.svelte.ts';
import { appearance } from './theme.svelte.ts';

const PATIENCE = 900;
let pending = '';
let pendingAt = 0;

const inField = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
const inDialog = (target: EventTarget | null) =>
  target instanceof Element && !!target.closest('[role=dialog],[role=menu]');

export function onKey(event: KeyboardEvent) {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    overlays.palette = !overlays.palette;
    return;
  }
  const busy = event.metaKey || event.ctrlKey || event.altKey || overlays.palette;
  if (busy || !appearance.singleKeys || inField(event.target) || inDialog(event.target)) return;
  if (event.key === '/') return focusFilter(event);
  if (event.key === '?') {
    overlays.help = true;
    return;
  }
  const chord = performance.now() - pendingAt < PATIENCE ? `${pending} ${event.key}` : '';
  const hit = actions.all.find((a) => a.keys === chord) ?? (chord.startsWith('g ') ? undefined : single(event.key));
  pending = event.key;
  pendingAt = performance.now();
  if (!hit) return;
  event.preventDefault();
  pending = '';
  hit.run();
}

const single = (key: string) => actions.all.find((action) => action.keys === key);

function focusFilter(event: KeyboardEvent) {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]');
  if (!filter) return;
  event.preventDefault();
  filter.focus();
  filter.select();
}
