/** Which columns a person wants, in which order and how wide: kept as "name:220,ip_address". */
import type { Listed, TableColumn } from './columns.ts';

export interface Choice {
  id: string;
  /** In pixels; without it as wide as the column likes. */
  width?: number;
}

export const NARROWEST = 48;
const WIDEST = 1200;

export const fitting = (width: number) => Math.round(Math.max(NARROWEST, Math.min(WIDEST, width)));

export const readChoice = (text: string | null): Choice[] | null =>
  text
    ? text.split(',').map((part) => {
        const [id, width] = part.split(':');
        return Number(width) ? { id: id!, width: fitting(Number(width)) } : { id: id! };
      })
    : null;

export const writeChoice = (choice: readonly Choice[]): string =>
  choice.map(({ id, width }) => (width ? `${id}:${width}` : id)).join(',');

/** The columns as chosen. What a row is called is always among them. */
export function chosenColumns<T extends Listed>(
  all: readonly TableColumn<T>[],
  choice: readonly Choice[] | null,
): TableColumn<T>[] {
  if (!choice) return all.filter((column) => column.standard);
  const shown = choice.flatMap(({ id, width }) => {
    const column = all.find((one) => one.id === id);
    return column ? [width ? { ...column, width: `${width}px` } : column] : [];
  });
  const missing = all.filter((one) => one.type === 'name' && !shown.some((column) => column.id === one.id));
  return [...missing, ...shown];
}
