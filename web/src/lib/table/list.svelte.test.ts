import { beforeEach, expect, it } from 'vitest';

import type { Listed, TableColumn } from './columns.ts';
import { ListState } from './list.svelte.ts';

const name = (row: Listed) => String(row.name);
const NAME: TableColumn<Listed> = {
  id: 'name',
  label: 'Name',
  type: 'name',
  width: '1fr',
  right: false,
  standard: true,
  text: name,
  key: name,
};
const row = (id: string): Listed => ({ id, name: id });
let rows = $state.raw<Listed[]>([]);
let list: ListState<Listed>;

beforeEach(() => {
  rows = ['dns', 'mail', 'web'].map(row);
  list = new ListState<Listed>(() => ({
    key: 'things',
    columns: [NAME],
    rows,
    kindOf: () => 'containers',
    nameOf: name,
    hrefOf: () => null,
  }));
});

it('the cursor stays with its row when the list is asked for again', () => {
  list.cursor = 1;
  rows = ['backup', 'dns', 'mail', 'web'].map(row);
  expect(list.cursor).toBe(2);
  list.toggleSort('name', false);
  list.toggleSort('name', false);
  expect([list.cursor, list.rows[list.cursor]?.id]).toEqual([1, 'mail']);
});

it('the cursor never slips to another row when its own is gone', () => {
  list.cursor = 1;
  rows = ['dns', 'web'].map(row);
  expect(list.cursor).toBe(-1);
});
