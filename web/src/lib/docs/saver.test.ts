import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError } from '../api/http.ts';
import type { Row } from '../api/types.ts';
import { Drafts } from './drafts.ts';
import { Saver } from './saver.svelte.ts';
import type { Text } from './text.ts';

const row = (rev: number, content: string, title = 'Plan') => ({ id: 7, rev, title, content }) as unknown as Row;

/** A hub with one document, which refuses what is not based on its newest revision. */
class Lab {
  now = row(1, 'begun');
  puts: Partial<Text>[] = [];
  down = false;
  /** Takes the write, and the answer is lost. */
  deaf = false;
  #waiting: (() => void)[] = [];
  slow = false;

  async put(id: number, changes: Partial<Text>, rev: number): Promise<Row> {
    expect(id).toBe(7);
    if (this.slow) await new Promise<void>((go) => this.#waiting.push(go));
    if (this.down) throw new ApiError('The server cannot be reached', 0, 'unanswered');
    if (rev !== this.now.rev)
      throw new ApiError('stale', 409, 'stale_revision', 'rev', undefined, { current: this.now });
    this.puts.push(changes);
    this.now = { ...this.now, ...changes, rev: rev + 1 };
    if (this.deaf) throw new ApiError('The server cannot be reached', 0, 'unanswered');
    return this.now;
  }
  release() {
    for (const go of this.#waiting.splice(0)) go();
  }
}

let lab: Lab;
let drafts: Drafts;
let saver: Saver;
beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  lab = new Lab();
  drafts = new Drafts(localStorage, 'here');
  saver = new Saver(7, lab.now, lab, drafts);
});
afterEach(() => vi.useRealTimers());
const rest = () => vi.advanceTimersByTimeAsync(2_000);

describe('saving a document while it is written', () => {
  it('sends what changed when the hands rest, once', async () => {
    saver.write({ content: 'begun a' });
    await vi.advanceTimersByTimeAsync(1_000);
    saver.write({ content: 'begun ab' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(lab.puts).toEqual([]);
    await rest();
    expect(lab.puts).toEqual([{ content: 'begun ab' }]);
    expect([saver.state, drafts.all()]).toEqual(['saved', []]);
  });
  it('does not wait for ever for hands that never rest', async () => {
    for (let n = 0; n < 15; n += 1) {
      saver.write({ content: `begun ${n}` });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(lab.puts.length).toBe(1);
  });
  it('keeps every key in the browser before the hub has it', () => {
    saver.write({ content: 'begun!' });
    expect(drafts.all().map((draft) => draft.now.content)).toEqual(['begun!']);
  });
  it('has everything when it is asked to, also what was typed while a save was on its way', async () => {
    lab.slow = true;
    saver.write({ content: 'one' });
    const first = saver.flush();
    saver.write({ content: 'one two' });
    const second = saver.flush();
    lab.release();
    await first;
    await vi.advanceTimersByTimeAsync(0);
    lab.release();
    await second;
    expect(lab.now.content).toBe('one two');
    expect(saver.state).toBe('saved');
  });
  it('does not send what is as it was', async () => {
    saver.write({ content: 'begun!' });
    saver.write({ content: 'begun' });
    await rest();
    expect([lab.puts, saver.state, drafts.all()]).toEqual([[], 'saved', []]);
  });
  it('takes an empty title for one that is being typed', async () => {
    saver.write({ title: '', content: 'more' });
    await rest();
    expect(lab.puts).toEqual([{ content: 'more' }]);
  });
});

describe('without the hub', () => {
  it('words wait in the browser and go when it is there again', async () => {
    lab.down = true;
    saver.write({ content: 'offline' });
    await rest();
    expect(saver.state).toBe('waiting');
    saver.write({ content: 'offline, more' });
    expect(drafts.all()[0]!.now.content).toBe('offline, more');
    lab.down = false;
    saver.again();
    await vi.advanceTimersByTimeAsync(0);
    expect([lab.now.content, saver.state]).toEqual(['offline, more', 'saved']);
  });
  it('it is tried again by itself', async () => {
    lab.down = true;
    saver.write({ content: 'offline' });
    await rest();
    lab.down = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(saver.state).toBe('saved');
  });
  it('a save whose answer was lost is no conflict with oneself', async () => {
    lab.deaf = true;
    saver.write({ content: 'arrived' });
    await rest();
    saver.write({ content: 'arrived, and more' });
    lab.deaf = false;
    saver.again();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([saver.conflict, lab.now.content]).toEqual([null, 'arrived, and more']);
  });
  it('it is said when the browser keeps nothing either', () => {
    const full = new Drafts(
      {
        ...localStorage,
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      } as Storage,
      'x',
    );
    const alone = new Saver(7, lab.now, lab, full);
    alone.write({ content: 'words' });
    expect(alone.kept).toBe(false);
  });
});

describe('somebody else wrote it', () => {
  it('shows what they wrote where nothing was written here', () => {
    saver.adopt(row(2, 'theirs'));
    expect([saver.content, saver.state]).toEqual(['theirs', 'saved']);
  });
  it('goes on by itself where they changed another part, or only the place of the page', async () => {
    saver.write({ content: 'mine' });
    lab.now = row(5, 'begun', 'Renamed');
    await rest();
    expect([lab.now.content, lab.now.title, saver.title, saver.state]).toEqual(['mine', 'Renamed', 'Renamed', 'saved']);
  });
  it('asks where both wrote the text, and sends nothing until that is settled', async () => {
    saver.write({ content: 'mine' });
    lab.now = row(2, 'theirs');
    await rest();
    expect(saver.state).toBe('conflict');
    saver.write({ content: 'mine, and more' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect([lab.now.content, saver.conflict!.mine.content]).toEqual(['theirs', 'mine, and more']);
    expect(drafts.all()[0]!.now.content).toBe('mine, and more');
    await saver.settle({ title: 'Plan', content: 'mine, and more' });
    expect([lab.now.content, saver.state, drafts.all()]).toEqual(['mine, and more', 'saved', []]);
  });
  it('takes theirs when that is chosen', async () => {
    saver.write({ content: 'mine' });
    lab.now = row(2, 'theirs');
    await rest();
    await saver.settle(saver.conflict!.theirs);
    expect([saver.content, saver.state, lab.now.rev]).toEqual(['theirs', 'saved', 2]);
  });
  it('keeps own words when theirs are chosen and the hub goes away', async () => {
    saver.write({ content: 'mine' });
    lab.now = row(2, 'theirs');
    await rest();
    lab.down = true;
    expect(await saver.takeTheirs()).toBe(false);
    expect([saver.content, saver.state, drafts.all()[0]?.now.content]).toEqual(['mine', 'waiting', 'mine']);
    lab.down = false;
    saver.again();
    await vi.advanceTimersByTimeAsync(0);
    expect(lab.now.content).toBe('mine');
  });
  it('saves own words before theirs stand again', async () => {
    saver.write({ content: 'mine' });
    lab.now = row(2, 'theirs');
    await rest();
    expect(await saver.takeTheirs()).toBe(true);
    expect([lab.puts, saver.content]).toEqual([[{ content: 'mine' }, { content: 'theirs' }], 'theirs']);
  });
  it('shows theirs when own changes are taken back', async () => {
    saver.write({ content: 'mine' });
    lab.now = row(2, 'theirs', 'Renamed');
    await rest();
    saver.write({ content: 'begun' });
    expect([saver.content, saver.title, saver.state, saver.conflict]).toEqual(['theirs', 'Renamed', 'saved', null]);
  });
  it('is not restored over words that the hub does not have', async () => {
    saver.write({ content: 'mine' });
    lab.now = row(2, 'theirs');
    expect(await saver.replace({ title: 'Plan', content: 'old' })).toBe(false);
    expect([saver.content, saver.conflict?.mine.content]).toEqual(['mine', 'mine']);
  });
  it('asks again when they wrote once more in the meantime', async () => {
    saver.write({ content: 'mine' });
    lab.now = row(2, 'theirs');
    await rest();
    lab.now = row(3, 'theirs again');
    await saver.settle({ title: 'Plan', content: 'mine' });
    expect(saver.conflict?.theirs.content).toBe('theirs again');
  });
  it("does not take its own save for somebody else's", async () => {
    lab.slow = true;
    saver.write({ content: 'one' });
    const sent = saver.flush();
    saver.write({ content: 'one two' });
    saver.adopt(row(2, 'one'));
    lab.release();
    await sent;
    expect([saver.conflict, saver.content]).toEqual([null, 'one two']);
  });
});

describe('what a closed page left behind', () => {
  const left = (rev: number, base: string, now: string) => ({
    id: 7,
    tab: 'gone',
    by: '',
    at: 1,
    base: { title: 'Plan', content: base, rev },
    now: { title: 'Plan', content: now },
  });
  it('is taken up and saved', async () => {
    saver.resume(left(1, 'begun', 'begun and left'));
    await rest();
    expect(lab.now.content).toBe('begun and left');
  });
  it('is nothing new where the hub has it', async () => {
    saver.resume(left(0, 'before', 'begun'));
    await rest();
    expect([saver.state, lab.puts]).toEqual(['saved', []]);
  });
  it('is contested where the text was written since', () => {
    saver.resume(left(0, 'before', 'left'));
    expect([saver.state, saver.conflict?.theirs.content, saver.content]).toEqual(['conflict', 'begun', 'left']);
  });
});
