/** Filters of a list: words in the box, and field values in the URL (`?tag=prod&os=Debian`). */
import type { Listed, TableColumn } from './columns.ts';

export interface Filter {
  id: string;
  value: string;
}

/** Query parameters that are not filters. */
export const RESERVED = new Set(['q', 'sort', 'new', 'edit', 'from', 'under', 'host', 'review', 'guest', 'view']);

export const readFilters = (query: URLSearchParams): Filter[] =>
  [...query].filter(([id, value]) => !RESERVED.has(id) && value !== '').map(([id, value]) => ({ id, value }));

/** Values a column has in one row, as the address has them: a tags cell has several. */
export function valuesOf<T extends Listed>(column: TableColumn<T>, row: T): string[] {
  if (column.type === 'tags') return row.tags ?? [];
  const value = (column.words?.of ?? column.text)(row);
  return value ? [value] : [];
}

/** How a value of the address reads. */
export const valueText = <T extends Listed>(column: TableColumn<T> | undefined, value: string): string =>
  column?.words?.text(value) ?? value;

/** The column that a filter is about. */
export const columnOf = <T extends Listed>(columns: readonly TableColumn<T>[], id: string) =>
  columns.find((c) => c.id === (id === 'tag' ? 'tags' : id));

/** Filters on the same field widen (either value), filters on different fields narrow (all must hold). */
export function matchesFilters<T extends Listed>(
  filters: readonly Filter[],
  columns: readonly TableColumn<T>[],
  row: T,
): boolean {
  const byField = new Map<string, string[]>();
  for (const filter of filters) byField.set(filter.id, [...(byField.get(filter.id) ?? []), filter.value.toLowerCase()]);
  for (const [id, wanted] of byField) {
    const column = columnOf(columns, id);
    const values = column ? valuesOf(column, row).map((value) => value.toLowerCase()) : [];
    const raw = row[id];
    if (typeof raw === 'number') values.push(String(raw));
    if (!wanted.some((value) => values.includes(value))) return false;
  }
  return true;
}

/** The commonest values of a column, for the filter menu. */
export function facet<T extends Listed>(
  column: TableColumn<T>,
  rows: readonly T[],
  limit = 200,
): { value: string; text: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const row of rows) for (const value of valuesOf(column, row)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, text: valueText(column, value), count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}
