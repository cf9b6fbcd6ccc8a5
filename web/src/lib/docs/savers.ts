/**
 * The savers of this page of the app. One outlives the page it was made for until the hub has everything: who goes on
 * to another document while the hub is away still has the words sent when it is back.
 */
import type { Kind, Row } from '../api/types.ts';
import type { Draft } from './drafts.ts';
import { hubOf } from './hub.ts';
import { drafts, writer } from './own.ts';
import { Saver } from './saver.svelte.ts';
import { stayFindable } from './tabs.ts';

interface Held {
  saver: Saver;
  /** How many pages show it. */
  uses: number;
}
/** By who writes, and what. */
const held = new Map<string, Held>();
let started = false;

function start() {
  if (started) return;
  started = true;
  stayFindable(drafts.tab);
  const leave = () => document.visibilityState === 'hidden' && each((saver) => void saver.flush(true));
  document.addEventListener('visibilitychange', leave);
  addEventListener('pagehide', () => each((saver) => void saver.flush(true)));
  addEventListener('online', () => each((saver) => saver.again()));
  addEventListener('beforeunload', (event) => {
    // Only where neither the hub nor the browser has the words.
    if ([...held.values()].some(({ saver }) => !saver.kept)) event.preventDefault();
  });
}

const each = (act: (saver: Saver) => void) => [...held.values()].forEach(({ saver }) => act(saver));

export function openSaver(kind: Kind, row: Row): Saver {
  start();
  const key = `${writer()} ${row.id}`;
  const known = held.get(key) ?? { saver: new Saver(row.id, row, hubOf(kind, writer), drafts), uses: 0 };
  known.uses += 1;
  held.set(key, known);
  return known.saver;
}

/** Something comes that will be added to it, though its page may be left before. `leaveSaver` when it came. */
export function holdSaver(saver: Saver) {
  for (const one of held.values()) if (one.saver === saver) one.uses += 1;
}

/** Its page is left. What is not at the hub yet goes there; who is back before that finds the same saver. */
export async function leaveSaver(saver: Saver): Promise<void> {
  const one = [...held.values()].find((other) => other.saver === saver);
  if (!one) return;
  one.uses -= 1;
  await saver.flush();
  if (saver.state === 'saved' && one.uses === 0) forgetSaver(saver);
}

/** Its document is gone, or everything is at the hub: nothing more is sent. */
export function forgetSaver(saver: Saver) {
  saver.close();
  for (const [key, one] of held) if (one.saver === saver) held.delete(key);
}

/** Words of a page that is gone are not wanted here any more. */
export function discard(draft: Draft) {
  for (const { saver } of [...held.values()]) if (saver.id === draft.id) forgetSaver(saver);
  drafts.drop(draft.id, draft.tab);
}

/** The hub answers again. */
export const sendWaiting = () => each((saver) => saver.again());
