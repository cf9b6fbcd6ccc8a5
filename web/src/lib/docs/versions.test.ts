import { describe, expect, it } from 'vitest';

import { versions, type Save } from './versions.ts';

const save = (id: number, at: string, actor: string, first = false): Save => ({
  ...{ id, actor, first },
  at: `2026-11-28T${at}:00.000000`,
  via: 'rest',
});

const SAVES = [
  save(9, '12:10', 'anna'),
  save(8, '12:05', 'anna'),
  save(7, '12:00', 'anna'),
  save(5, '10:50', 'model'),
  save(4, '10:45', 'anna'),
  save(3, '10:40', 'anna', true),
];

describe('the versions of a document', () => {
  it('are sittings, each from its oldest save to its newest', () => {
    expect(versions(SAVES).map(({ id, oldest, saves }) => [id, oldest.id, saves])).toEqual([
      [9, 7, 3],
      [5, 5, 1],
      [4, 4, 1],
      [3, 3, 1],
    ]);
  });
  it('unfold into the saves of a sitting, so that each can be restored', () => {
    expect(versions(SAVES, new Set([9])).map(({ id, saves }) => [id, saves])).toEqual(
      [9, 8, 7, 5, 4, 3].map((id) => [id, 1]),
    );
  });
  it('begin where the page began', () => {
    expect(versions(SAVES).map((one) => one.first)).toEqual([false, false, false, true]);
  });
  it('end with a pause', () => {
    const apart = [save(2, '12:00', 'anna'), save(1, '11:45', 'anna')];
    expect(versions(apart)).toHaveLength(2);
  });
});
