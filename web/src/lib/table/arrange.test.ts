import { describe, expect, it } from 'vitest';

import { moved, shown, withWidth } from './arrange.ts';
import { chosenColumns, readChoice, writeChoice } from './choice.ts';
import type { Listed, TableColumn } from './columns.ts';

const column = (id: string, standard: boolean, type: TableColumn['type'] = 'text'): TableColumn<Listed> => ({
  id,
  label: id,
  type,
  standard,
  width: '1fr',
  right: false,
  text: () => '',
  key: () => null,
});
const ALL = [column('name', true, 'name'), column('os', true), column('ip', true), column('notes', false)];
const ids = (text: string | null) => chosenColumns(ALL, readChoice(text)).map((one) => one.id);

describe('a choice of columns', () => {
  it('is the standard ones until somebody chooses', () => {
    expect(ids(null)).toEqual(['name', 'os', 'ip']);
  });
  it('keeps order and width on its way through storage', () => {
    const kept = writeChoice([{ id: 'ip', width: 220 }, { id: 'name' }]);
    expect(kept).toBe('ip:220,name');
    expect(chosenColumns(ALL, readChoice(kept)).map((one) => one.width)).toEqual(['220px', '1fr']);
    expect(ids(kept)).toEqual(['ip', 'name']);
  });
  it('always has what a row is called, and nothing that is gone', () => {
    expect(ids('ip,colour')).toEqual(['name', 'ip']);
  });
  it('takes no width that hides a column or fills the screen', () => {
    expect(readChoice('ip:1,os:99999,notes:x')).toEqual([
      { id: 'ip', width: 48 },
      { id: 'os', width: 1200 },
      { id: 'notes' },
    ]);
  });
});

describe('arranging columns', () => {
  const choice = [{ id: 'name' }, { id: 'os', width: 90 }, { id: 'ip' }];
  it('moves one place and stops at the ends', () => {
    expect(moved(choice, 'os', 1).map((one) => one.id)).toEqual(['name', 'ip', 'os']);
    expect(moved(choice, 'name', -1)).toEqual(choice);
    expect(moved(choice, 'ip', 1)).toEqual(choice);
  });
  it('gives a width and takes it back', () => {
    expect(withWidth(choice, 'ip', 130.4)[2]).toEqual({ id: 'ip', width: 130 });
    expect(withWidth(choice, 'os', null)[1]).toEqual({ id: 'os' });
  });
  it('shows a column at the end, and hides it', () => {
    expect(shown(choice, 'notes', true).at(-1)).toEqual({ id: 'notes' });
    expect(shown(choice, 'os', false).map((one) => one.id)).toEqual(['name', 'ip']);
  });
});
