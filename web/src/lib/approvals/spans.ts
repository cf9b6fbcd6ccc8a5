/** Marks in a command where the guard has something to say. Its places are counted in bytes, a page counts in UTF-16. */
import type { GuardReason } from '../api/approvals.ts';

export interface Marked {
  text: string;
  /** The worst that is said of this piece; `null` where nothing is. */
  level: GuardReason['level'] | null;
  /** Numbers of the reasons that are about it, from 1. */
  reasons: number[];
}

const WORSE: Record<GuardReason['level'], number> = { allow: 0, confirm: 1, deny: 2 };

export function marked(command: string, reasons: readonly Pick<GuardReason, 'span' | 'level'>[]): Marked[] {
  const bytes = new TextEncoder().encode(command);
  const inside = (at: number) => Math.min(Math.max(at, 0), bytes.length);
  const spans = reasons.map(({ span, level }) => ({ start: inside(span.start), end: inside(span.end), level }));
  const cuts = [...new Set([0, bytes.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort(
    (a, b) => a - b,
  );
  return cuts.slice(0, -1).map((from, i) => {
    const to = cuts[i + 1]!;
    const about = spans.flatMap((span, n) => (span.start <= from && span.end >= to ? [{ ...span, n: n + 1 }] : []));
    const level = about.map((span) => span.level).reduce<Marked['level']>(worse, null);
    return { text: new TextDecoder().decode(bytes.slice(from, to)), level, reasons: about.map((span) => span.n) };
  });
}

const worse = (one: Marked['level'], other: GuardReason['level']): Marked['level'] =>
  one === null || WORSE[other] > WORSE[one] ? other : one;
