import { describe, expect, it } from 'vitest';

import type { FieldDiff } from './api/types.ts';
import { readable, told, valueText } from './changes.ts';

const NAMES: Record<number, string> = { 7: 'pve1', 18: 'docker-01', 68: 't1' };
const nameOf = (id: number) => NAMES[id] ?? `#${id}`;
const part = (table: string, field: string, before: unknown, after: unknown, item = 68): FieldDiff => ({
  item_id: item,
  kind: 'apps',
  name: nameOf(item),
  table,
  field,
  before,
  after,
});
const lines = (diff: FieldDiff[]) => readable(diff, nameOf).map(({ field, before, after }) => [field, before, after]);

describe('a change in words', () => {
  it.each([
    ['create app t1', 'created app t1'],
    ['Remember a note', 'remembered a note'],
    ['undo: delete app t1', 'undid: delete app t1'],
    ['link t1 depends_on docker-01', 'linked t1 depends on docker-01'],
    ['link UPS related pve1', 'linked UPS related to pve1'],
    ['VM moved by itself', 'VM moved by itself'],
  ])('%s reads %s', (summary, sentence) => {
    expect(told(summary)).toBe(sentence);
  });
});

describe('values of a change', () => {
  it('are the fields of items, without the inner ones', () => {
    expect(
      lines([part('items', 'kind', null, 'apps'), part('items', 'name', null, 't1'), part('items', 'rev', 1, 2)]),
    ).toEqual([['name', null, 't1']]);
  });
  it('name both ends of every link, one line each', () => {
    const link = (to: number, rel: string) => [
      part('links', 'from_id', 68, null),
      part('links', 'rel', rel, null),
      part('links', 'to_id', to, null),
    ];
    expect(lines([...link(7, 'parent'), ...link(18, 'depends_on')])).toEqual([
      ['Stands on', 't1 → pve1', null],
      ['Depends on', 't1 → docker-01', null],
    ]);
  });
  it('say what was seen, one line for each sighting', () => {
    const seen = (field: string, value: unknown) => [
      part('observations', 'changed_at', null, 1),
      part('observations', 'field', null, field),
      part('observations', 'value', null, value),
    ];
    const diff = [...seen('os', 'Debian 13'), ...seen('ram_gb', 32)];
    expect(lines(diff)).toEqual([
      ['os', null, 'Debian 13'],
      ['ram_gb', null, 32],
    ]);
    expect(readable(diff, nameOf).every((line) => line.seen)).toBe(true);
  });
  it('read addresses as addresses', () => {
    expect(valueText([{ ip: '10.0.0.1', mac: 'aa:bb', interface: 'eno1', primary: true }, { ip: '10.0.0.2' }])).toBe(
      '10.0.0.1 aa:bb (eno1), 10.0.0.2',
    );
    expect(valueText(['prod', 'lab'])).toBe('prod, lab');
    expect(valueText(null)).toBe('');
  });
});
