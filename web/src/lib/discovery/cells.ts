/** A block of IPv4 as a picture: a square for each address, or for each part of a large block. */
import { blockSize } from './wish.ts';

export type CellTone = 'unknown' | 'known' | 'none';
export interface Cell {
  /** Its first address, or the part of the block. */
  label: string;
  tone: CellTone;
  hosts: number;
}
export interface Picture {
  rows: { label: string; cells: Cell[] }[];
  columns: number;
}

const MOST = 256;
const COLUMNS = 32;
const FEWEST = 8;

const toNumber = (ip: string) => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toText = (at: number) => [24, 16, 8, 0].map((shift) => Math.floor(at / 2 ** shift) % 256).join('.');

/** Null for what cannot be drawn so: IPv6, and blocks of a few addresses. */
export function picture(cidr: string, hosts: readonly { ip: string; known: boolean }[]): Picture | null {
  const size = blockSize(cidr);
  if (size === null || size < FEWEST) return null;
  const each = Math.max(1, size / MOST);
  const start = toNumber(cidr.split('/')[0]!.trim());
  const first = start - (start % size);
  const cells = Array.from({ length: size / each }, (_, i): Cell => {
    const at = toText(first + i * each);
    return { label: each === 1 ? at : `${at}/${32 - Math.log2(each)}`, tone: 'none', hosts: 0 };
  });
  for (const { ip, known } of hosts) {
    const cell = ip.includes(':') ? undefined : cells[Math.floor((toNumber(ip) - first) / each)];
    if (!cell) continue;
    cell.hosts += 1;
    // One stranger among friends is what one looks for.
    if (cell.tone !== 'unknown') cell.tone = known ? 'known' : 'unknown';
  }
  const columns = Math.min(COLUMNS, cells.length);
  const rows = Array.from({ length: cells.length / columns }, (_, row) => ({
    label: rowLabel(first + row * columns * each, each),
    cells: cells.slice(row * columns, (row + 1) * columns),
  }));
  return { rows, columns };
}

/** The end of an address that tells its row from the others. */
function rowLabel(at: number, each: number): string {
  const parts = toText(at).split('.');
  return `.${each === 1 ? parts[3] : parts.slice(2).join('.')}`;
}
