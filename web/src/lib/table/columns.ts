/** Table columns drawn from a kind's declaration: what a cell sorts by, how wide it is, how it reads as text. */
import { instant, plain } from '../format.ts';
import type { Address, Field, FieldType, Kind, Row } from '../api/types.ts';
import { linkFields, parentLabel } from '../parents.ts';
import { addressKey, natural } from './natural.ts';
import type { Column, SortKey } from './table.svelte.ts';

/** What a list shows: an item, or something else that has an id which stays its own when the list is asked for again. */
export interface Listed {
  id: number | string;
  tags?: string[];
  addresses?: Address[];
  [field: string]: unknown;
}

/** `state` and `usage` are drawn by the page that has such columns. */
export type CellType = FieldType | 'name' | 'tags' | 'time' | 'kind' | 'state' | 'usage';

export interface TableColumn<T extends Listed = Row> extends Column<T> {
  label: string;
  type: CellType;
  unit?: string | null;
  width: string;
  right: boolean;
  /** Shown unless the person chose otherwise. */
  standard: boolean;
  text: (row: T) => string;
  /** Where its text is a word of the language: what the address calls it, and how that reads. */
  words?: { of: (row: T) => string; text: (value: string) => string };
}

/** A column of words: a filter in the address, and a view that keeps it, is the same in every language. */
export function spoken<T extends Listed>(
  of: (row: T) => string,
  word: (value: string) => string | undefined,
): Required<Pick<TableColumn<T>, 'text' | 'words'>> {
  const text = (value: string) => word(value) ?? value;
  return { text: (row) => text(of(row)), words: { of, text } };
}

export type NameOf = (id: number) => string | undefined;

const WIDTH: Partial<Record<CellType, string>> = {
  name: 'minmax(188px,1.7fr)',
  link: 'minmax(108px,1fr)',
  address: '128px',
  cidr: '148px',
  mac: '148px',
  port: '64px',
  vlan: '64px',
  integer: '80px',
  number: '96px',
  boolean: '76px',
  color: '100px',
  tags: 'minmax(100px,1fr)',
  time: '84px',
  kind: '128px',
};
const NUMERIC = new Set<CellType>(['integer', 'number', 'port', 'vlan']);
const LONG = new Set<CellType>(['longtext', 'markdown', 'json', 'icon']);

function sortKey(type: CellType, value: unknown, text: string): SortKey {
  if (value === null || value === undefined || text === '') return null;
  if (typeof value === 'number' && type !== 'link') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (type === 'address' || type === 'cidr') return addressKey(text);
  if (type === 'time') return instant(text).getTime();
  return natural(text);
}

function column(id: string, label: string, type: CellType, standard: boolean, text: (row: Row) => string): TableColumn {
  return {
    id,
    label,
    type,
    standard,
    text,
    width: WIDTH[type] ?? 'minmax(124px,1.4fr)',
    right: NUMERIC.has(type),
    key: (row) => sortKey(type, type === 'link' || type === 'tags' ? text(row) || null : row[id], text(row)),
  };
}

const YES_OR_NO: Record<string, boolean> = { true: true, false: false };

function fieldColumn(field: Field, nameOf: NameOf): TableColumn {
  const text =
    field.type === 'link'
      ? (row: Row) => (typeof row[field.name] === 'number' ? (nameOf(row[field.name] as number) ?? '') : '')
      : (row: Row) => plain(row[field.name]);
  const words =
    field.type === 'boolean'
      ? spoken(
          (row: Row) => String(row[field.name] ?? ''),
          (value) => plain(YES_OR_NO[value]) || undefined,
        )
      : {};
  return { ...column(field.name, field.label, field.type, field.column, text), ...words, unit: field.unit };
}

/** Several parent fields are one question ("what does it stand on?") and so one column. */
function parentColumns(kind: Kind, nameOf: NameOf): TableColumn[] {
  const links = linkFields(kind);
  if (links.length < 2) return links.map((field) => fieldColumn(field, nameOf));
  const text = (row: Row) => {
    const id = links.map((field) => row[field.name]).find((value) => typeof value === 'number');
    return id === undefined ? '' : (nameOf(id as number) ?? '');
  };
  return [column('parent', parentLabel(links), 'link', true, text)];
}

export function kindColumns(kind: Kind, nameOf: NameOf): TableColumn[] {
  const name = kind.fields.find((field) => field.name === kind.name_field);
  return [
    column(kind.name_field, name?.label ?? 'Name', 'name', true, (row) => plain(row[kind.name_field])),
    ...parentColumns(kind, nameOf),
    ...kind.fields
      .filter((field) => field.name !== kind.name_field && field.type !== 'link' && !LONG.has(field.type))
      .map((field) => fieldColumn(field, nameOf)),
    column('tags', 'Tags', 'tags', true, (row) => (row.tags ?? []).join(', ')),
    column('updated_at', 'Updated', 'time', true, (row) => row.updated_at),
    column('created_at', 'Created', 'time', false, (row) => row.created_at),
  ];
}

/** The text of a row that the filter box looks through. */
export function haystack<T extends Listed>(columns: readonly TableColumn<T>[], row: T): string {
  const parts = columns.filter((c) => c.type !== 'time').map((c) => c.text(row));
  for (const address of row.addresses ?? []) parts.push(address.ip ?? '', address.mac ?? '');
  return parts.join(' ').toLowerCase();
}
