/** Differences for reading: words inside a line, lines inside a text with the unchanged runs folded. */
import { diffLines, diffWordsWithSpace } from 'diff';

export type Mark = 'same' | 'added' | 'removed';
export interface Piece {
  text: string;
  mark: Mark;
}
export interface Line {
  mark: Mark | 'fold' | 'note';
  before: number | null;
  after: number | null;
  pieces: Piece[];
  /** How many unchanged lines a fold hides. */
  hidden?: number;
}

const markOf = (part: { added?: boolean; removed?: boolean }): Mark =>
  part.added ? 'added' : part.removed ? 'removed' : 'same';

export const words = (before: string, after: string): Piece[] =>
  diffWordsWithSpace(before, after).map((part) => ({ text: part.value, mark: markOf(part) }));

const CONTEXT = 3;

export function lines(before: string, after: string): Line[] {
  const out: Line[] = [];
  let left = 0;
  let right = 0;
  for (const part of diffLines(before, after)) {
    const mark = markOf(part);
    for (const text of part.value.replace(/\n$/, '').split('\n')) {
      if (mark !== 'added') left += 1;
      if (mark !== 'removed') right += 1;
      out.push({
        mark,
        before: mark === 'added' ? null : left,
        after: mark === 'removed' ? null : right,
        pieces: [{ text, mark: 'same' }],
      });
    }
  }
  return fold(markWords(out));
}

/** Where one removed line stands before one added line, the words that differ are marked. */
export function markWords(all: Line[]): Line[] {
  for (let i = 0; i + 1 < all.length; i += 1) {
    const [one, two] = [all[i]!, all[i + 1]!];
    const alone = all[i - 1]?.mark !== 'removed' && all[i + 2]?.mark !== 'added';
    if (one.mark !== 'removed' || two.mark !== 'added' || !alone) continue;
    const pieces = words(one.pieces[0]!.text, two.pieces[0]!.text);
    one.pieces = pieces.filter((piece) => piece.mark !== 'added');
    two.pieces = pieces.filter((piece) => piece.mark !== 'removed');
  }
  return all;
}

function fold(all: Line[]): Line[] {
  const near = all.map((_, i) =>
    all.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some((line) => line.mark !== 'same'),
  );
  const out: Line[] = [];
  for (let i = 0; i < all.length; i += 1) {
    if (near[i]) {
      out.push(all[i]!);
      continue;
    }
    let end = i;
    while (end < all.length && !near[end]) end += 1;
    out.push({ mark: 'fold', before: null, after: null, pieces: [], hidden: end - i });
    i = end - 1;
  }
  return out;
}

export const count = (all: readonly Line[], mark: Mark) => all.filter((line) => line.mark === mark).length;
