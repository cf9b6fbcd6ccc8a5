/** The drafts of whoever is signed in, on this page of the app. */
import { session } from '../session.svelte.ts';
import { Drafts } from './drafts.ts';

/** The name of who writes; empty where nobody has to sign in. */
export const writer = (): string => session.user?.name ?? '';

function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

export const drafts = new Drafts(storage(), Math.random().toString(36).slice(2), writer);
