/** `[[name]]` in documents: which items a text names, and which documents name something. */
import type { Row } from '../api/types.ts';

const MENTION = /\[\[([^[\]\n]{1,200})\]\]/g;
const CODE = /^([ \t]*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^[ \t]*\2[^\n]*$|$(?![\s\S]))|(`+)(?!`)[^\n]*?[^`\n]?\3(?!`)/gm;

const key = (name: string) => name.trim().toLowerCase();

/** The names in a text, each once; what stands in code is no mention. */
export function mentioned(content: string): string[] {
  const names = new Map<string, string>();
  for (const [, name] of content.replace(CODE, '').matchAll(MENTION))
    if (!names.has(key(name!))) names.set(key(name!), name!.trim());
  return [...names.values()];
}

/** Documents that name something, or link to its page. */
export function mentioning(rows: readonly Row[], item: { id: number; name: string; path: string }): Row[] {
  const link = new RegExp(`\\]\\(${item.path}(?=[)#?\\s])`);
  const may = key(item.name);
  return rows.filter((row) => {
    const content = String(row.content ?? '');
    if (row.id === item.id) return false;
    if (link.test(content)) return true;
    return content.toLowerCase().includes(may) && mentioned(content).some((name) => key(name) === may);
  });
}

/** The text with a name written anew, for when what it names was renamed. */
export function renamed(content: string, before: string, after: string): string {
  const kept: string[] = [];
  // Code stays as it is: it is set aside while the names change.
  const bare = content.replace(CODE, (code) => `\u0000${kept.push(code) - 1}\u0000`);
  return bare
    .replace(MENTION, (whole, name: string) => (key(name) === key(before) ? `[[${after}]]` : whole))
    .replace(/\u0000(\d+)\u0000/g, (_, at: string) => kept[Number(at)]!);
}
