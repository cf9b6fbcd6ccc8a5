import { describe, expect, it } from 'vitest';

import type { Kind, Row } from '../api/types.ts';
import { haystack, kindColumns } from './columns.ts';
import { csv } from './csv.ts';
import { facet, matchesFilters, readFilters, valueText } from './filters.ts';

const field = (name: string, type: string, more = {}) => ({
  name,
  label: name,
  type,
  required: false,
  column: true,
  ...more,
});
const kind = {
  key: 'apps',
  label: 'App',
  label_many: 'Apps',
  count: 0,
  name_field: 'name',
  fields: [
    field('name', 'text'),
    field('hardware_id', 'link', { label: 'Runs on hardware', link_kinds: ['hardware'] }),
    field('vm_id', 'link', { label: 'Runs on VM', link_kinds: ['vms'] }),
    field('ip_address', 'address'),
    field('ram_gb', 'number', { label: 'Memory', unit: 'GB' }),
    field('notes', 'longtext'),
    field('https', 'boolean'),
  ],
} as Kind;
const row = (id: number, more: Partial<Row>): Row => ({
  id,
  rev: 1,
  tags: [],
  custom: {},
  addresses: [],
  created_at: '2026-01-01T00:00:00.000000',
  updated_at: '2026-01-01T00:00:00.000000',
  ...more,
});
const columns = kindColumns(kind, (id) => ({ 5: 'pve-01', 9: 'docker-01' })[id]);
const rows = [
  row(1, { name: 'jellyfin', vm_id: 9, ip_address: '10.0.20.10', tags: ['media', 'prod'], ram_gb: 2, https: true }),
  row(2, { name: 'a "b", c', hardware_id: 5, tags: ['prod'] }),
  row(3, { name: '=cmd()', ip_address: '10.0.20.9', addresses: [{ ip: '192.168.7.7', primary: false }] }),
];

describe('columns', () => {
  it('are the declared fields with one for all parents, without the long texts', () => {
    expect(columns.map((column) => column.id)).toEqual([
      'name',
      'parent',
      'ip_address',
      'ram_gb',
      'https',
      'tags',
      'updated_at',
      'created_at',
    ]);
    expect(columns[1]!.label).toBe('Runs on');
  });
  it('name the parent, whichever field holds it', () => {
    expect(rows.map((one) => columns[1]!.text(one))).toEqual(['docker-01', 'pve-01', '']);
  });
});

describe('filters', () => {
  const filters = (query: string) => readFilters(new URLSearchParams(query));
  const fitting = (query: string) =>
    rows.filter((one) => matchesFilters(filters(query), columns, one)).map((one) => one.id);
  it('widen within a field and narrow across fields', () => {
    expect(fitting('tag=media&tag=prod')).toEqual([1, 2]);
    expect(fitting('tag=prod&parent=pve-01')).toEqual([2]);
  });
  it('ignore the parameters of the page itself', () => {
    expect(filters('q=x&sort=name&new=1&edit=1&from=2')).toEqual([]);
  });
  it('find nothing for a field that the kind does not have', () => {
    expect(fitting('colour=red')).toEqual([]);
  });
  it('say yes and no to people, and the same to every language in the address', () => {
    const https = columns.find((column) => column.id === 'https')!;
    expect(rows.map(https.text)).toEqual(['Yes', '', '']);
    expect(facet(https, rows)).toEqual([{ value: 'true', text: 'Yes', count: 1 }]);
    expect([fitting('https=true'), fitting('https=Yes')]).toEqual([[1], []]);
    expect([valueText(https, 'false'), valueText(https, 'maybe'), valueText(undefined, 'x')]).toEqual([
      'No',
      'maybe',
      'x',
    ]);
  });
  it('count the values of a column, commonest first', () => {
    const tags = columns.find((column) => column.id === 'tags')!;
    expect(facet(tags, rows)).toEqual([
      { value: 'prod', text: 'prod', count: 2 },
      { value: 'media', text: 'media', count: 1 },
    ]);
  });
  it('look through further addresses too', () => {
    expect(haystack(columns, rows[2]!)).toContain('192.168.7.7');
  });
});

describe('CSV', () => {
  it('quotes what must be quoted and defuses formulas', () => {
    const lines = csv(columns.slice(0, 4), rows).split('\r\n');
    expect(lines).toEqual([
      '\uFEFFname,Runs on,ip_address,Memory (GB)',
      'jellyfin,docker-01,10.0.20.10,2',
      '"a ""b"", c",pve-01,,',
      "'=cmd(),,10.0.20.9,",
      '',
    ]);
  });
});
