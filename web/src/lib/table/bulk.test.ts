import { describe, expect, it } from 'vitest';

import type { Field, Kind } from '../api/types.ts';
import { editOf, isEmpty, sharedFields, tagsOf, type Wish } from './bulk.ts';

const field = (name: string, type: Field['type']): Field => ({
  name,
  label: name,
  type,
  required: false,
  column: true,
});
const kind = (key: string, fields: Field[]): Kind => ({
  key,
  label: key,
  label_many: key,
  count: 0,
  name_field: 'name',
  fields: [field('name', 'text'), ...fields],
});
const vms = kind('vms', [
  field('os', 'text'),
  field('ram_gb', 'number'),
  field('ip_address', 'address'),
  field('on', 'boolean'),
]);
const hardware = kind('hardware', [field('os', 'text'), field('ram_gb', 'integer'), field('rack', 'text')]);
const nothing: Wish = { fields: [], addTags: '', removeTags: ' , ', join: null, leave: null };

describe('what can be changed on many', () => {
  it('is what all have alike, and never what tells them apart', () => {
    expect(sharedFields([vms]).map((one) => one.name)).toEqual(['os', 'ram_gb', 'on']);
    expect(sharedFields([vms, hardware]).map((one) => one.name)).toEqual(['os']);
    expect(sharedFields([])).toEqual([]);
  });
});

describe('a wish', () => {
  it('of nothing is no edit', () => {
    expect(isEmpty(editOf(nothing, vms.fields))).toBe(true);
  });
  it('clears a field where nothing is typed, and keeps types', () => {
    const fields = [
      { name: 'os', text: ' ' },
      { name: 'ram_gb', text: '16' },
      { name: 'on', text: 'false' },
    ];
    const edit = editOf({ ...nothing, fields, parent: { field: 'hardware_id', id: null }, join: 4 }, vms.fields);
    expect(edit).toEqual({
      set: { os: null, ram_gb: 16, on: false, hardware_id: null },
      add_tags: [],
      remove_tags: [],
      join: [4],
      leave: [],
    });
    expect(isEmpty(edit)).toBe(false);
  });
  it('names each tag once', () => {
    expect(tagsOf('prod, media ,prod,')).toEqual(['prod', 'media']);
  });
});
