/** The table as it stands, as CSV (RFC 4180). Text that a spreadsheet would run as a formula is defused. */
import type { Listed, TableColumn } from './columns.ts';

const cell = (text: string) => {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export function csv<T extends Listed>(columns: readonly TableColumn<T>[], rows: readonly T[]): string {
  const lines = [columns.map((c) => cell(c.unit ? `${c.label} (${c.unit})` : c.label))];
  for (const row of rows) lines.push(columns.map((c) => cell(c.text(row))));
  return lines.map((line) => line.join(',')).join('\r\n') + '\r\n';
}

export function download(name: string, content: BlobPart, type: string) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
