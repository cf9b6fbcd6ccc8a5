/** A unified diff, as the hub writes it: hunks with lines that stay, go and come, and notes of what was left out. */
import { markWords, type Line, type Mark } from './diff.ts';

export interface Hunk {
  /** Where it is, without the marks: `lines 897–903`. */
  place: string;
  lines: Line[];
}

export interface Unified {
  hunks: Hunk[];
  /** What the hub left out for its length. */
  leftOut: string | null;
}

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const MARKS: Record<string, Mark> = { ' ': 'same', '-': 'removed', '+': 'added' };

export function unified(text: string): Unified {
  const hunks: Hunk[] = [];
  let leftOut: string | null = null;
  let [before, after] = [0, 0];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const header = HEADER.exec(line);
    const hunk = hunks.at(-1);
    if (header) {
      [before, after] = [Number(header[1]), Number(header[3])];
      hunks.push({ place: placeOf(after, Number(header[4] ?? 1)), lines: [] });
    } else if (hunk && MARKS[line.charAt(0)]) {
      const mark = MARKS[line.charAt(0)]!;
      const { length } = hunk.lines;
      hunk.lines.push(plainLine(mark, line.slice(1)));
      if (mark !== 'added') hunk.lines[length]!.before = before++;
      if (mark !== 'removed') hunk.lines[length]!.after = after++;
    } else if (hunk && line.startsWith('\\')) hunk.lines.push(plainLine('note', line.slice(2)));
    else if (line.startsWith('…')) leftOut = [leftOut, line.slice(2)].filter(Boolean).join('; ');
  }
  for (const hunk of hunks) markWords(hunk.lines);
  return { hunks, leftOut };
}

const plainLine = (mark: Line['mark'], text: string): Line => ({
  mark,
  before: null,
  after: null,
  pieces: [{ text, mark: 'same' }],
});

const placeOf = (first: number, many: number) =>
  many === 0 ? `after line ${first}` : many === 1 ? `line ${first}` : `lines ${first}–${first + many - 1}`;

/** The same difference read the other way: from what it leads to back to where it comes from. */
export function backwards(text: string): string {
  const out: string[] = [];
  /** Lines that come now: they follow those that go. */
  let coming: string[] = [];
  const flush = () => {
    out.push(...coming);
    coming = [];
  };
  let last: 'going' | 'coming' | 'other' = 'other';
  for (const line of text.split('\n')) {
    const header = HEADER.exec(line);
    if (header) {
      flush();
      const [, a, b, c, d] = header;
      const span = (start?: string, many?: string) => (many === undefined ? start : `${start},${many}`);
      out.push(`@@ -${span(c, d)} +${span(a, b)} @@`);
      last = 'other';
    } else if (line.startsWith('-')) {
      coming.push(`+${line.slice(1)}`);
      last = 'coming';
    } else if (line.startsWith('+')) {
      out.push(`-${line.slice(1)}`);
      last = 'going';
    } else if (line.startsWith('\\') && last === 'coming') coming.push(line);
    else {
      if (!line.startsWith('\\')) {
        flush();
        last = 'other';
      }
      out.push(line);
    }
  }
  flush();
  return out.join('\n');
}
