/** What was found out about an item, in words. */
import type { Address, Row } from '../api/types.ts';
import { exact, number, plain } from '../format.ts';
import type { Reach } from './state.ts';
import type { Standing } from './watch.svelte.ts';

/** `icmp` → "ping", `tcp:443` → "TCP port 443"; empty when nothing answered. */
export function byWhat(method: string): string {
  if (method === 'icmp') return /* @wc-include */ 'ping';
  return method.startsWith('tcp:') ? `TCP port ${method.slice(4)}` : '';
}

export const milliseconds = (value: number | null) =>
  value === null ? '' : `${number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))} ms`;

/** "by ping in 0.4 ms" */
export function how({ method, latency_ms }: Pick<Standing, 'method' | 'latency_ms'>): string {
  const what = byWhat(method);
  const took = milliseconds(latency_ms);
  if (what && took) return `by ${what} in ${took}`;
  // Who did something is told by the same words.
  if (what) return /* @wc-context: answer */ `by ${what}`;
  return took && `in ${took}`;
}

/** "answers by ping in 0.4 ms"; empty where that is not known. */
export const answers = (one: Pick<Standing, 'method' | 'latency_ms'>) => (how(one) ? `answers ${how(one)}` : '');

/** For whoever points at a badge. */
export function told(standing: Standing, state: Reach): string {
  const looked = exact(standing.seen_at);
  if (state === 'unknown')
    return `Not looked at since ${looked}. It ${standing.alive ? 'answered' : 'was silent'} then.`;
  const since = `${state === 'up' ? 'Up' : 'Down'} since ${exact(standing.since)}`;
  return `${[since, state === 'up' && answers(standing)].filter(Boolean).join(', ')}. Looked at ${looked}.`;
}

/** Where an item is asked, as the hub does it: its first address, else its host name. */
export function hostOf(row: Row): string {
  const address = (row.addresses ?? []).find((one: Address) => one.ip)?.ip;
  return address ?? (plain(row.ip_address ?? row.ip) || plain(row.hostname));
}

/** Kinds that have no answer of their own. */
const SILENT = new Set(['documents', 'networks', 'shares', 'storage']);
export const mayAnswer = (kind: string, row: Row) => !SILENT.has(kind) && hostOf(row) !== '';

/** A share of watched time: only what never failed is 100 %. */
export function shareText(share: number): string {
  const tenths = share >= 1 ? 1000 : Math.min(999, Math.floor(share * 1000));
  return `${number(tenths / 10)} %`;
}
