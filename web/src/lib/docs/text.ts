/** What of a document people write: its title and its text. */
import type { Row } from '../api/types.ts';

export interface Text {
  title: string;
  content: string;
}

/** A text as it was read from the hub, at a revision. */
export interface Read extends Text {
  rev: number;
}

export const textOf = (row: Row): Text => ({ title: String(row.title ?? ''), content: String(row.content ?? '') });
export const readOf = (row: Row): Read => ({ ...textOf(row), rev: row.rev });
export const PARTS = ['title', 'content'] as const;
export const sameText = (a: Text, b: Text) => PARTS.every((part) => a[part] === b[part]);
export const titleOf = (row: Row | undefined) => String(row?.title ?? '') || 'Untitled';
export const wordsIn = (content: string) => content.match(/[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu)?.length ?? 0;
