import { afterEach, describe, expect, it, vi } from 'vitest';

import type { SavedView } from '../api/views.ts';
import { isConflict, meetViews, saveOver } from './view-meeting.ts';

const base: SavedView = {
  id: 3,
  rev: 1,
  list: 'vms',
  name: 'Prod',
  query: 'tag=prod',
  columns: null,
  everyone: true,
  opens: false,
  owner: 'anna',
  mine: true,
};

describe('two versions of a view', () => {
  it('are brought together where each changed something else', () => {
    const met = meetViews(base, { ...base, query: 'tag=old' }, { ...base, rev: 2, name: 'Live', opens: true });
    expect(met.contested).toEqual([]);
    expect(met.mine).toMatchObject({ name: 'Live', query: 'tag=old', opens: true });
  });
  it('are no conflict where both changed the same to the same', () => {
    expect(meetViews(base, { ...base, name: 'Live' }, { ...base, rev: 2, name: 'Live' }).contested).toEqual([]);
  });
  it('are one where both changed the same', () => {
    const theirs = { ...base, rev: 2, query: 'tag=new', name: 'Live' };
    const met = meetViews(base, { ...base, query: 'tag=old' }, theirs);
    expect(met.contested).toEqual(['query']);
    expect(met.mine).toMatchObject({ name: 'Live', query: 'tag=old' });
  });
});

/** A hub with one view in it, that takes a save of what it has and refuses any other. */
function hub(now: SavedView) {
  const kept = { now };
  vi.stubGlobal('fetch', (_url: string, { headers, body }: RequestInit) => {
    const rev = Number((headers as Record<string, string>)['if-match']!.replaceAll('"', ''));
    if (rev !== kept.now.rev) {
      const refusal = { error: 'stale', code: 'stale_revision', details: { current: kept.now, yours: rev } };
      return Promise.resolve(new Response(JSON.stringify(refusal), { status: 409 }));
    }
    kept.now = { ...kept.now, ...(JSON.parse(body as string) as object), rev: rev + 1 };
    return Promise.resolve(new Response(JSON.stringify({ data: kept.now })));
  });
  return kept;
}

describe('a save over a view that somebody changed meanwhile', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is done at once where they changed something else, and takes nothing of theirs away', async () => {
    const kept = hub({ ...base, rev: 2, name: 'Live' });
    const saved = await saveOver(base, { ...base, query: 'tag=old' });
    expect(isConflict(saved)).toBe(false);
    expect(kept.now).toMatchObject({ rev: 3, name: 'Live', query: 'tag=old' });
  });
  it('changes nothing before somebody chose, and is taken then', async () => {
    const kept = hub({ ...base, rev: 2, query: 'tag=new' });
    const met = await saveOver(base, { ...base, query: 'tag=old' });
    if (!isConflict(met)) throw new Error('it was saved unasked');
    expect(kept.now.query).toBe('tag=new');
    await saveOver(met.theirs, met.mine);
    expect(kept.now).toMatchObject({ rev: 3, query: 'tag=old' });
  });
});
