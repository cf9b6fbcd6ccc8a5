/**
 * Saves a document while it is written. Every key is kept in the browser at once; the hub gets the text when the hands rest,
 * and when the page is left. Nothing is given up before the hub has it.
 */
import { ApiError } from '../api/http.ts';
import type { Row } from '../api/types.ts';
import type { Draft, Drafts } from './drafts.ts';
import { meet, type Conflict } from './meet.ts';
import { PARTS, readOf, sameText, textOf, type Read, type Text } from './text.ts';

/** `waiting`: the hub cannot be reached and is tried again. `refused`: trying again as it is would not help. */
export type SaveState = 'saved' | 'edited' | 'saving' | 'waiting' | 'refused' | 'conflict';

export interface Hub {
  /** Writes what changed, on the condition that nobody wrote since `rev`. */
  put(id: number, changes: Partial<Text>, rev: number, leaving: boolean): Promise<Row>;
}

/** The hands rest for so long: save. Whoever never rests is saved every so often all the same. */
const REST = 1_500;
const LONGEST = 12_000;
const RETRY = [2_000, 4_000, 8_000, 15_000, 30_000];

export class Saver {
  title = $state('');
  content = $state('');
  state = $state<SaveState>('saved');
  conflict = $state.raw<Conflict | null>(null);
  /** Why the hub does not have it. */
  problem = $state.raw<unknown>(null);
  /** Off when the browser keeps nothing: then leaving the page has to be asked about. */
  kept = $state(true);
  #base: Read;
  /** Sent, and nobody knows yet whether it arrived. */
  #sent: Text[] = [];
  #newest: Row;
  #running: Promise<void> | null = null;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #since: number | null = null;
  #tries = 0;
  #closed = false;

  constructor(
    readonly id: number,
    row: Row,
    private readonly hub: Hub,
    private readonly drafts: Drafts,
  ) {
    this.#newest = row;
    this.#base = readOf(row);
    Object.assign(this, textOf(row));
  }

  /** An empty title is a title that is being typed. */
  get text(): Text {
    return { title: this.title.trim() ? this.title : this.#base.title, content: this.content };
  }
  get dirty(): boolean {
    return !sameText(this.text, this.#base);
  }

  /** Takes over what a person typed. */
  write(part: Partial<Text>) {
    Object.assign(this, part);
    if (!this.dirty) {
      // Own changes taken back leave nothing to decide: theirs stand.
      if (this.conflict) this.#yield(this.conflict.theirs);
      this.#clean();
      return;
    }
    this.kept = this.drafts.keep(this.id, this.#base, this.text, Date.now());
    if (this.conflict) {
      this.#contested(this.conflict.theirs);
      return;
    }
    if (this.state !== 'waiting' && !this.#running) this.state = 'edited';
    this.#since ??= Date.now();
    if (this.state !== 'waiting') this.#later(Math.max(0, Math.min(REST, this.#since + LONGEST - Date.now())));
  }

  /** Everything to the hub now. `leaving`: the page may be gone before the answer comes. */
  async flush(leaving = false): Promise<void> {
    clearTimeout(this.#rest);
    if (this.#closed || this.conflict) return;
    const under = this.#running;
    // What is on its way already need not be sent again.
    if (leaving && under && sameText(this.#sent.at(-1) ?? this.#base, this.text)) return under;
    while (this.#running && !leaving) await this.#running;
    if (!this.dirty || this.conflict) return;
    this.#running = this.#send(leaving);
    await this.#running;
  }

  /** The row as the hub has it now, from an event or another page. */
  adopt(row: Row) {
    if (row.rev < this.#newest.rev) return;
    this.#newest = row;
    if (this.#running || this.#closed || row.rev <= this.#base.rev) return;
    if (this.conflict) this.#contest(row);
    else if (this.#ours(row)) this.#stored(readOf(row));
    else if (meet(this.#base, this.text, textOf(row)).contested.length === 0) this.#rebase(row);
    // Words of both sides: the next save is refused, and tells.
  }

  /** What a page that is gone left behind is written on. */
  resume(draft: Draft) {
    this.drafts.drop(draft.id, draft.tab);
    if (sameText(draft.now, this.#base)) return;
    this.#base = draft.base;
    this.write(draft.now);
    if (this.dirty && this.#newest.rev > draft.base.rev) this.#met(this.#newest);
  }

  /** A person decided what becomes of a conflict. */
  settle(text: Text): Promise<void> {
    if (!this.conflict) return Promise.resolve();
    this.#base = this.conflict.theirs;
    this.conflict = null;
    this.problem = null;
    this.state = 'edited';
    this.write(text);
    return this.flush();
  }

  /** Theirs stand again. Own words become a version before that; false while the hub does not have them. */
  async takeTheirs(): Promise<boolean> {
    if (!this.conflict) return true;
    const { theirs, mine } = this.conflict;
    await this.settle(mine);
    return this.replace(theirs);
  }

  /** Another text instead of this one. False, and nothing is changed, while the hub does not have this one. */
  async replace({ title, content }: Text): Promise<boolean> {
    await this.flush();
    if (!this.#is('saved')) return false;
    const before = this.text;
    this.write({ title, content });
    await this.flush();
    if (!this.#is('refused')) return true;
    this.write(before);
    return false;
  }

  /** The hub may be there again. */
  again() {
    if (this.state !== 'waiting') return;
    this.#tries = 0;
    void this.flush();
  }

  /** No more saving. */
  close() {
    clearTimeout(this.#rest);
    this.#closed = true;
    this.drafts.drop(this.id);
  }

  #later(wait: number) {
    clearTimeout(this.#rest);
    if (!this.#closed) this.#rest = setTimeout(() => void this.flush(), wait);
  }

  #is(state: SaveState): boolean {
    return this.state === state;
  }

  #yield(theirs: Read) {
    this.#base = theirs;
    this.conflict = null;
    this.title = theirs.title;
    this.content = theirs.content;
  }

  #clean() {
    clearTimeout(this.#rest);
    this.drafts.drop(this.id);
    this.#since = null;
    this.#tries = 0;
    this.problem = null;
    this.kept = true;
    this.state = 'saved';
  }

  async #send(leaving: boolean): Promise<void> {
    const text = this.text;
    const changes = Object.fromEntries(
      PARTS.filter((part) => text[part] !== this.#base[part]).map((part) => [part, text[part]]),
    );
    this.#sent.push(text);
    this.#since = null;
    this.state = 'saving';
    try {
      const row = await this.hub.put(this.id, changes, this.#base.rev, leaving);
      this.#sent = [];
      this.#running = null;
      this.#stored({ ...text, rev: row.rev });
    } catch (error) {
      this.#running = null;
      const answered = error instanceof ApiError && error.status > 0;
      if (answered) this.#sent = this.#sent.filter((one) => one !== text);
      this.#failed(error);
    }
  }

  #stored(base: Read) {
    if (base.rev < this.#base.rev) return;
    this.#base = base;
    if (this.dirty) {
      this.state = 'edited';
      this.problem = null;
      this.#tries = 0;
      this.write({});
    } else this.#clean();
    this.adopt(this.#newest);
  }

  #failed(error: unknown) {
    this.problem = error;
    const current = error instanceof ApiError ? (error.details?.current as Row | undefined) : undefined;
    if (error instanceof ApiError && error.code === 'stale_revision' && current) {
      this.#newest = current;
      this.#met(current);
      return;
    }
    const status = error instanceof ApiError ? error.status : 0;
    const passing = [0, 401, 408, 429].includes(status) || status >= 500;
    this.state = passing ? 'waiting' : 'refused';
    if (passing) this.#later(RETRY[Math.min(this.#tries++, RETRY.length - 1)]!);
  }

  /** It is what this side sent, though no answer came back. */
  #ours(row: Row): boolean {
    const ours = this.#sent.some((text) => sameText(text, textOf(row)));
    if (ours) this.#sent = [];
    return ours;
  }

  /** The hub has another text than the one this side began from. */
  #met(row: Row) {
    if (this.#ours(row)) this.#stored(readOf(row));
    else if (meet(this.#base, this.text, textOf(row)).contested.length) this.#contest(row);
    else {
      this.#rebase(row);
      if (this.dirty) this.#later(0);
    }
  }

  #rebase(row: Row) {
    const { text } = meet(this.#base, this.text, textOf(row));
    this.#base = readOf(row);
    this.problem = null;
    Object.assign(this, text);
    if (this.dirty) {
      this.state = 'edited';
      this.write({});
    } else this.#clean();
  }

  #contest(row: Row) {
    clearTimeout(this.#rest);
    this.state = 'conflict';
    this.#contested(readOf(row));
    this.kept = this.drafts.keep(this.id, this.#base, this.text, Date.now());
  }

  #contested(theirs: Read) {
    const { contested } = meet(this.#base, this.text, theirs);
    this.conflict = { base: this.#base, mine: this.text, theirs, contested };
  }
}
