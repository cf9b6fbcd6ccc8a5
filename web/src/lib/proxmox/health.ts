/** How a look at the lab's health is read: the worst first, and what nobody saw is never called fine. */
import type { Finding, Health, Level } from '../api/proxmox.ts';
import type { Mark } from '../ui/StateMark.svelte';
const BADNESS: Record<Level, number> = { ok: 0, unknown: 1, warn: 2, crit: 3 };
export const WORST_FIRST: Level[] = ['crit', 'warn', 'unknown', 'ok'];

export const worst = (levels: readonly Level[]): Level =>
  levels.reduce((worst, level) => (BADNESS[level] > BADNESS[worst] ? level : worst), levels[0] ?? 'unknown');

/** The whole: never better than any part of it, and not known where nothing was looked at. */
export const rollUp = (health: Health): Level =>
  worst([health.findings.length ? health.status : 'unknown', ...health.findings.map((one) => one.status)]);
/** In words, beside the mark. */
export const HEADLINE: Record<Level, string> = {
  ok: 'Everything that was looked at is fine',
  unknown: 'Not everything could be seen',
  warn: 'Something needs attention',
  crit: 'Something is wrong',
};
export const LEVEL: Record<Level, string> = { ok: 'Fine', unknown: 'Unknown', warn: 'Warning', crit: 'Critical' };

export const MARK: Record<Level, Mark> = { ok: 'ok', unknown: 'unknown', warn: 'warn', crit: 'bad' };

/** Findings begin with a small letter; the name of a thing stays as it is. */
export const capital = (text: string) =>
  text.replace(
    /^(?:the|all|any|no|none|each|not|enough|some|load|only)\b/,
    (word) => word.charAt(0).toUpperCase() + word.slice(1),
  );

export type Counts = Record<Level, number>;
export function countLevels(findings: readonly Finding[]): Counts {
  const counts: Counts = { ok: 0, unknown: 0, warn: 0, crit: 0 };
  for (const { status } of findings) counts[status] += 1;
  return counts;
}

export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => BADNESS[b.status] - BADNESS[a.status]);

export interface Place {
  /** Node, else cluster, else the whole lab. */
  name: string;
  level: Level;
  findings: Finding[];
}

/** Findings by where they were made, the worst place and the worst finding first. */
export function byPlace(findings: readonly Finding[]): Place[] {
  const several = new Set(findings.map((one) => one.cluster).filter(Boolean)).size > 1;
  const name = ({ cluster, node }: Finding) => {
    if (!node) return cluster ? `Cluster ${cluster}` : 'The whole lab';
    return several && cluster ? `${cluster} / ${node}` : node;
  };
  const lists = new Map<string, Finding[]>();
  for (const one of findings) lists.set(name(one), [...(lists.get(name(one)) ?? []), one]);
  const places = [...lists].map(([name, list]) => ({
    name,
    level: worst(list.map((one) => one.status)),
    findings: worstFirst(list),
  }));
  return places.sort((a, b) => BADNESS[b.level] - BADNESS[a.level]);
}
