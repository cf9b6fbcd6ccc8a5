/** Two people wrote the same text: both changes in one, where that can be told. */
import { diffArrays } from 'diff';

import { meet, type Conflict } from './meet.ts';
import type { Text } from './text.ts';

interface Hunk {
  /** Lines of the base that are replaced: from, up to but not including. */
  from: number;
  to: number;
  lines: string[];
}

const split = (text: string) => text.split('\n');

function hunks(base: string[], side: string[]): Hunk[] {
  const out: Hunk[] = [];
  let at = 0;
  let open: Hunk | null = null;
  for (const part of diffArrays(base, side)) {
    if (!part.added && !part.removed) {
      open = null;
      at += part.value.length;
      continue;
    }
    if (!open) out.push((open = { from: at, to: at, lines: [] }));
    if (part.added) open.lines.push(...part.value);
    else open.to = at += part.value.length;
  }
  return out;
}

const sameHunk = (a: Hunk, b: Hunk) => a.from === b.from && a.to === b.to && a.lines.join('\n') === b.lines.join('\n');
/** Side by side counts as the same place: who adds below what the other rewrites may mean its old words. */
const touches = (a: Hunk, b: Hunk) => a.from <= b.to && b.from <= a.to;

/** Both changes in one text; null where they meet. */
export function bothOf(base: string, mine: string, theirs: string): string | null {
  if (mine === theirs || theirs === base) return mine;
  if (mine === base) return theirs;
  const lines = split(base);
  const own = hunks(lines, split(mine));
  const others = hunks(lines, split(theirs)).filter((hunk) => !own.some((one) => sameHunk(one, hunk)));
  if (others.some((hunk) => own.some((one) => touches(one, hunk)))) return null;
  const all = [...own, ...others].sort((a, b) => a.from - b.from);
  const out: string[] = [];
  let at = 0;
  for (const hunk of all) {
    out.push(...lines.slice(at, hunk.from), ...hunk.lines);
    at = hunk.to;
  }
  return [...out, ...lines.slice(at)].join('\n');
}

/** Both sides of a conflict in one text; null where a person has to choose. */
export function bothSides({ base, mine, theirs, contested }: Conflict): Text | null {
  const content = bothOf(base.content, mine.content, theirs.content);
  return content === null || contested.includes('title')
    ? null
    : { title: meet(base, mine, theirs).text.title, content };
}
