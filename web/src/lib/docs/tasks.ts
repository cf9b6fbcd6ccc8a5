/** Ticking a task in the reading view: the box is changed in the Markdown it was made of. */
import { lexer, walkTokens, type Token } from 'marked';

const TASK = /^([ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*\[)([ xX])(?=\]\s)/gm;

/** Whether each task is done, in the order in which they are shown. */
export function tasks(source: string): boolean[] {
  const out: boolean[] = [];
  walkTokens(lexer(source, { gfm: true }) as Token[], (token) => {
    if (token.type === 'list_item' && token.task) out.push(token.checked === true);
  });
  return out;
}

/**
 * The source with the task at `index` turned over; null when it cannot be told which characters make it. What looks like a
 * task in a block of code is none: so the result is read again, and must differ in that one task alone.
 */
export function toggled(source: string, index: number): string | null {
  const before = tasks(source);
  if (before[index] === undefined) return null;
  const wanted = before.with(index, !before[index]).join();
  for (const found of source.matchAll(TASK)) {
    const at = found.index + found[1]!.length;
    const result = source.slice(0, at) + (before[index] ? ' ' : 'x') + source.slice(at + 1);
    if (result !== source && tasks(result).join() === wanted) return result;
  }
  return null;
}
