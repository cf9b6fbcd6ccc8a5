/** Actions of every page that only the palette offers, so that they load with it: lists, creating, appearance. */
import Download from '@lucide/svelte/icons/download';
import Keyboard from '@lucide/svelte/icons/keyboard';
import LogOut from '@lucide/svelte/icons/log-out';
import Plus from '@lucide/svelte/icons/plus';
import SunMoon from '@lucide/svelte/icons/sun-moon';

import type { Action } from '../lib/actions.svelte.ts';
import type { Kind } from '../lib/api/types.ts';
import { inSentence } from '../lib/format.ts';
import { overlays } from '../lib/overlays.svelte.ts';
import { router } from '../lib/router.svelte.ts';
import { session } from '../lib/session.svelte.ts';
import { appearance } from '../lib/theme.svelte.ts';

export const listPath = (kind: string) => (kind === 'documents' ? '/docs' : `/inventory/${kind}`);

export function commands(kinds: readonly Kind[]): Action[] {
  const lists = kinds.map((kind) => ({
    id: `list ${kind.key}`,
    label: `Show ${inSentence(kind.label_many)}`,
    run: () => void router.push(listPath(kind.key)),
  }));
  const add = kinds.map((kind) => ({
    id: `new ${kind.key}`,
    label: `Add ${inSentence(kind.label)}`,
    icon: Plus,
    run: () => void router.push(`${listPath(kind.key)}?new=1`),
  }));
  return [
    ...lists,
    ...(session.can('editor') ? add : []),
    { id: 'export', label: 'Export everything', icon: Download, run: () => void router.push('/transfer#export') },
    { id: 'theme', label: 'Switch between light and dark', icon: SunMoon, run: () => appearance.toggle() },
    { id: 'help', label: 'Show keyboard shortcuts', icon: Keyboard, run: () => (overlays.help = true) },
    ...(session.user ? [{ id: 'out', label: 'Sign out', icon: LogOut, run: () => void session.logout() }] : []),
  ];
}
