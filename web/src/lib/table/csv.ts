/**
 * Tables as CSV (RFC 4180), with the mark by which spreadsheets know UTF-8. Text that one would run as a formula is
 * defused.
 */
import type { Listed, TableColumn } from './columns.ts';

const BOM = '\uFEFF';

/** A number, and no formula. */
const NUMBER = /^-?\d+(\.\d+)?$/;
/** What would be run at the beginning of a cell. */
const AT_FIRST = /^(?=\s*[=+\-@]|[\t\r\n])/;
/** The same behind whatever ends a cell: where `;` parts them, a quote in the middle keeps nothing together. */
const BEHIND = /([;,\t\r\n][ "]*)(?=[=+\-@])/g;

const defused = (text: string) => (NUMBER.test(text) ? text : text.replaceAll(BEHIND, "$1'").replace(AT_FIRST, "'"));

const cell = (text: string) => {
  const safe = defused(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Rows of text under their heads. */
export const sheet = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  BOM + [head, ...rows].map((line) => `${line.map(cell).join(',')}\r\n`).join('');

/** A list in the columns that it shows. */
export const csv = <T extends Listed>(columns: readonly TableColumn<T>[], rows: readonly T[]): string =>
  sheet(
    columns.map((c) => (c.unit ? `${c.label} (${c.unit})` : c.label)),
    rows.map((row) => columns.map((c) => c.text(row))),
  );

export function download(name: string, content: BlobPart, type = 'text/csv') {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
