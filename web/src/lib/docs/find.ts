/** Looking through the documents: titles first, then texts, with the place that matched. */
import type { Row } from '../api/types.ts';
import { titleOf } from './text.ts';

export interface Found {
  row: Row;
  title: string;
  /** What stands around the match; null where the title matched alone. */
  around: { before: string; match: string; after: string } | null;
}

const SIDE = 44;
const MOST = 60;

/** Every word has to be in the title or the text. */
export function found(rows: readonly Row[], query: string): Found[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const hits: { hit: Found; rank: number }[] = [];
  for (const row of rows) {
    const title = titleOf(row);
    const content = String(row.content ?? '').replace(/\s+/g, ' ');
    const [low, text] = [title.toLowerCase(), content.toLowerCase()];
    if (!words.every((word) => low.includes(word) || text.includes(word))) continue;
    const inTitle = words.filter((word) => low.includes(word)).length;
    const word = words.find((one) => text.includes(one));
    hits.push({
      hit: { row, title, around: word ? around(content, text.indexOf(word), word.length) : null },
      rank: inTitle,
    });
  }
  return hits
    .sort((a, b) => b.rank - a.rank || a.hit.title.localeCompare(b.hit.title))
    .slice(0, MOST)
    .map(({ hit }) => hit);
}

function around(content: string, at: number, length: number): Found['around'] {
  const from = Math.max(0, at - SIDE / 2);
  const to = Math.min(content.length, at + length + SIDE);
  return {
    before: `${from > 0 ? '…' : ''}${content.slice(from, at)}`,
    match: content.slice(at, at + length),
    after: `${content.slice(at + length, to)}${to < content.length ? '…' : ''}`,
  };
}
