/** Scans in words. */
import type { Scan, ScanPhase } from '../api/discovery.ts';
import { instant } from '../format.ts';
import type { Mark } from '../ui/StateMark.svelte';

export const PHASE: Record<ScanPhase, { word: string; mark: Mark }> = {
  running: { word: 'Running', mark: 'unknown' },
  stopping: { word: 'Stopping', mark: 'unknown' },
  done: { word: 'Done', mark: 'ok' },
  cancelled: { word: 'Stopped', mark: 'off' },
  interrupted: { word: 'Interrupted', mark: 'warn' },
  failed: { word: 'Failed', mark: 'bad' },
};

/** What one has to know of a scan that did not come to its end. */
export const NOTE: Partial<Record<ScanPhase, string>> = {
  cancelled: 'It was stopped before its end. What it found by then is kept, and nobody is called gone.',
  interrupted: 'The hub ended while it was at work. What it found by then is kept. Scan again for the rest.',
  failed: 'It could not go on. What it found by then is kept.',
};

export const askedBy = (scan: Pick<Scan, 'actor'>) => (scan.actor === 'schedule' ? 'the schedule' : scan.actor);

/** "2.4 s", "1 min 20 s"; empty while it is not over. */
export function took(scan: Pick<Scan, 'started_at' | 'ended_at'>): string {
  if (!scan.ended_at) return '';
  const seconds = (instant(scan.ended_at).getTime() - instant(scan.started_at).getTime()) / 1000;
  const tenths = Math.max(0.1, Math.round(seconds * 10) / 10);
  if (tenths < 60) return `${tenths} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Share of its addresses that a scan has looked at. */
export const progress = ({ checked, total }: Pick<Scan, 'checked' | 'total'>) =>
  total ? Math.min(1, checked / total) : 0;
