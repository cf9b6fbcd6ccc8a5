/**
 * Words that the hub does not have yet, kept in this browser with every key. Each open page of the app keeps its own, so
 * that two tabs do not write over each other; what a closed one left behind is found by whoever opens the document next.
 */
import type { Read, Text } from './text.ts';

export interface Draft {
  id: number;
  /** The page of the app that wrote it. */
  tab: string;
  /** Who was signed in. Another person at the same browser does not get these words, and does not send them. */
  by: string;
  at: number;
  base: Read;
  now: Text;
}

const PREFIX = 'labkeeper.draft.';
const keyOf = (id: number, tab: string) => `${PREFIX}${id}.${tab}`;

export class Drafts {
  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'> | null,
    readonly tab: string,
    private readonly who: () => string = () => '',
  ) {}

  /** Whether it is kept: a full or forbidden storage keeps nothing. */
  keep(id: number, base: Read, now: Text, at: number): boolean {
    const draft: Draft = { id, tab: this.tab, by: this.who(), at, base, now };
    try {
      this.storage?.setItem(keyOf(id, this.tab), JSON.stringify(draft));
      return this.storage !== null;
    } catch {
      return false;
    }
  }

  drop(id: number, tab = this.tab) {
    this.storage?.removeItem(keyOf(id, tab));
  }

  /** Everything of this person that is kept here, the newest first. */
  all(): Draft[] {
    const out: Draft[] = [];
    for (let i = 0; i < (this.storage?.length ?? 0); i += 1) {
      const key = this.storage!.key(i);
      const draft = key?.startsWith(PREFIX) ? read(this.storage!.getItem(key)) : null;
      if (draft?.by === this.who()) out.push(draft);
    }
    return out.sort((a, b) => b.at - a.at);
  }

  /** Those of one document that other pages of the app wrote. */
  others(id: number): Draft[] {
    return this.all().filter((draft) => draft.id === id && draft.tab !== this.tab);
  }
}

/** Drafts whose document is gone. */
export const orphans = (all: readonly Draft[], rows: readonly { id: number }[]): Draft[] =>
  all.filter((draft) => !rows.some((row) => row.id === draft.id));

/** What somebody else put under our name is no draft. */
function read(text: string | null): Draft | null {
  try {
    const draft = JSON.parse(text ?? '') as Draft;
    const whole = [draft.base.content, draft.base.title, draft.now.content, draft.now.title].every(
      (part) => typeof part === 'string',
    );
    return whole && Number.isInteger(draft.id) && Number.isInteger(draft.base.rev) ? draft : null;
  } catch {
    return null;
  }
}
