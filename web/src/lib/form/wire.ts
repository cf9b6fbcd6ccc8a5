/** Between what a person types and what the server keeps. No rules here: the server holds them and names the field. */
import type { Address, Field, Kind, Row } from '../api/types.ts';
import { plain } from '../format.ts';

export type Wire = Record<string, unknown>;

const NUMERIC = new Set(['integer', 'number', 'port', 'vlan']);

export const toText = (value: unknown): string =>
  typeof value === 'boolean'
    ? String(value)
    : typeof value === 'object' && value !== null
      ? JSON.stringify(value)
      : plain(value);

/** Text that is no number goes to the server as it is, which says what is wrong with it. */
export function fromText(field: Field, text: string): unknown {
  const trimmed = field.type === 'markdown' || field.type === 'longtext' ? text : text.trim();
  if (trimmed === '') return null;
  if (field.type === 'boolean') return trimmed === 'true';
  if (field.type === 'link') return Number(trimmed);
  if (!NUMERIC.has(field.type)) return trimmed;
  const number = Number(trimmed.replace(',', '.'));
  return Number.isFinite(number) ? number : trimmed;
}

/** What of a row the form edits; null where nothing is known. */
export function snapshot(kind: Kind, row: Row | null): Wire {
  const wire: Wire = {};
  for (const field of kind.fields) wire[field.name] = row?.[field.name] ?? null;
  return { ...wire, tags: row?.tags ?? [], custom: row?.custom ?? {}, addresses: row?.addresses ?? [] };
}

export const same = (a: unknown, b: unknown): boolean =>
  a === b || ((a ?? '') === '' && (b ?? '') === '') || JSON.stringify(a) === JSON.stringify(b);

/** Keys in which two snapshots differ. */
export const differing = (a: Wire, b: Wire): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !same(a[key], b[key]));

export interface CustomEntry {
  name: string;
  value: string;
}

/** Custom values keep their type where the text still says the same. */
export function customObject(
  entries: readonly CustomEntry[],
  before: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    entries
      .filter((entry) => entry.name.trim())
      .map(({ name, value }) => {
        const old = before[name.trim()];
        return [name.trim(), old !== undefined && toText(old) === value ? old : value];
      }),
  );
}

export const isPrimary = (address: Address, all: readonly Address[]) =>
  all.some((other) => other.primary) ? address.primary === true : all[0] === address;

/** The primary entry stays as it was (its own fields edit it); the others are as in the form. */
export function addressList(others: readonly Address[], before: readonly Address[]): Address[] {
  const primary = before.filter((address) => isPrimary(address, before));
  const rest = others.filter((address) => address.ip || address.mac);
  return [
    ...primary,
    ...rest.map((address) => ({ ...address, ip: address.ip || null, mac: address.mac || null, primary: false })),
  ];
}
