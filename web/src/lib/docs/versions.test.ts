import { describe, expect, it } from 'vitest';

import type { Change, FieldDiff } from '../api/types.ts';
import { versions } from './versions.ts';

const diff = (field: string, before: unknown, after: unknown, more: Partial<FieldDiff> = {}): FieldDiff => ({
  item_id: 7,
  kind: 'documents',
  name: 'Plan',
  table: 'items',
  field,
  before,
  after,
  ...more,
});
const change = (id: number, at: string, actor: string, ...all: FieldDiff[]) =>
  ({
    id,
    at: `2026-11-28T${at}:00.000000`,
    actor,
    via: 'rest',
    summary: 'change Plan',
    items: [],
    diff: all,
  }) as unknown as Change;

const JOURNAL = [
  change(9, '12:10', 'anna', diff('content', 'c', 'd')),
  change(8, '12:05', 'anna', diff('name', 'Draft', 'Plan')),
  change(7, '12:00', 'anna', diff('content', 'b', 'c')),
  change(6, '11:00', 'anna', diff('sort_order', 0, 10)),
  change(5, '10:50', 'model', diff('content', 'a', 'b')),
  change(4, '10:00', 'anna', diff('content', null, 'a'), diff('kind', null, 'documents'), diff('name', null, 'Draft')),
  change(3, '09:00', 'anna', diff('content', 'x', 'y', { item_id: 8 })),
];

describe('the versions of a document', () => {
  const all = versions(JOURNAL, 7, { title: 'Plan', content: 'd' });
  it('are sittings, with the text before and after each', () => {
    expect(all.map(({ id, saves, before, after }) => [id, saves, before, after])).toEqual([
      [9, 3, { title: 'Draft', content: 'b' }, { title: 'Plan', content: 'd' }],
      [5, 1, { title: 'Draft', content: 'a' }, { title: 'Draft', content: 'b' }],
      [4, 1, { title: '', content: '' }, { title: 'Draft', content: 'a' }],
    ]);
  });
  it('unfold into the saves of a sitting, so that each can be restored', () => {
    const each = versions(JOURNAL, 7, { title: 'Plan', content: 'd' }, new Set([9]));
    expect(each.map(({ id, after }) => [id, after.title, after.content])).toEqual([
      [9, 'Plan', 'd'],
      [8, 'Plan', 'c'],
      [7, 'Draft', 'c'],
      [5, 'Draft', 'b'],
      [4, 'Draft', 'a'],
    ]);
    expect(each[0]!.before.content).toBe('c');
  });
  it('begin where the page began', () => expect(all.map((one) => one.first)).toEqual([false, false, true]));
});
