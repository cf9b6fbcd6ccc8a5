import { beforeEach, describe, expect, it } from 'vitest';

import { Drafts, orphans } from './drafts.ts';

const base = { title: 'Plan', content: 'a', rev: 1 };
const now = { title: 'Plan', content: 'ab' };
let who = 'anna';
const drafts = (tab: string) => new Drafts(localStorage, tab, () => who);

beforeEach(() => {
  localStorage.clear();
  who = 'anna';
});

describe('words kept in the browser', () => {
  it('are of one page of the app each, and others can be found', () => {
    drafts('one').keep(7, base, now, 1);
    drafts('two').keep(7, base, { ...now, content: 'abc' }, 2);
    expect(
      drafts('one')
        .others(7)
        .map((draft) => draft.now.content),
    ).toEqual(['abc']);
    expect(
      drafts('three')
        .all()
        .map((draft) => draft.tab),
    ).toEqual(['two', 'one']);
  });
  it('are for nobody else who signs in here', () => {
    drafts('one').keep(7, base, now, 1);
    who = 'ben';
    expect(drafts('two').all()).toEqual([]);
    who = 'anna';
    expect(drafts('two').all().length).toBe(1);
  });
  it('are found when their document is gone', () => {
    drafts('one').keep(7, base, now, 1);
    drafts('one').keep(8, base, now, 2);
    expect(orphans(drafts('two').all(), [{ id: 8 }]).map((draft) => draft.id)).toEqual([7]);
  });
  it('are dropped alone', () => {
    drafts('one').keep(7, base, now, 1);
    drafts('one').keep(8, base, now, 1);
    drafts('one').drop(7);
    expect(
      drafts('two')
        .all()
        .map((draft) => draft.id),
    ).toEqual([8]);
  });
  it('are told from what is none', () => {
    for (const text of ['', 'null', '{}', '[]', '{"id":7,"base":{},"now":{}}', '{"id":"7"}']) {
      localStorage.setItem('labkeeper.draft.7.x', text);
      expect(drafts('one').all()).toEqual([]);
    }
  });
});
