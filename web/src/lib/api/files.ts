/** Files of the lab that were written from here: their kept versions, what putting one back would change, and doing so. */
import { queryOptions } from '@tanstack/svelte-query';

import { parsePlace, type Place } from '../places.ts';
import type { FilePlan, PlanDetails } from './approvals.ts';
import { get, request } from './http.ts';
import { keys } from './queries.ts';
import type { Content } from './types.ts';

export interface FileVersion {
  /** Its id, `b42`. */
  backupPath: string;
  /** When the file was written; the version is from before that. */
  timestamp: string;
  place: string;
  /** `absent`: there was no file. */
  kind: 'full' | 'absent';
  sizeBytes: number;
  hash: string | null;
  revertible: boolean;
  revertReason?: string | null;
  /** The file is like that now; missing when nobody looked. */
  current?: boolean | null;
  settlement: 'saved' | 'applied' | 'not_applied' | 'unknown';
  actor: string;
  op: string;
  changeId: number | null;
}

export interface Diff {
  /** Unified; missing when either side is no text. */
  diff?: string | null;
  diffTruncated: boolean;
  addedLines: number;
  removedLines: number;
}

/** From the file as it is now to a version. */
export interface VersionDiff extends Diff {
  backupPath: string;
  timestamp: string;
  path: string;
  place: string;
  revertible: boolean;
  currentSha256: string | null;
  backupSha256: string | null;
  note?: string | null;
}

/** Somebody else changed the file since: what they did, what was meant, what would happen. */
export interface Conflict {
  theirs?: Diff;
  meant?: Diff;
  would: Diff;
  /** Both touch the same lines. */
  overlaps: boolean;
}

export interface Versions {
  versions: FileVersion[];
  /** The file itself was looked at. */
  looked: boolean;
}

const LIVE = { staleTime: 30_000 };

export const versionsQuery = (place: Place, path: string) =>
  queryOptions({
    queryKey: [...keys.files, 'versions', place.text, path],
    queryFn: async (): Promise<Versions> => {
      const query = { path, vmid: place.vmid, cluster: place.cluster };
      const answer = await get<{ versions?: FileVersion[]; currentVerified?: boolean }>('/proxmox/backups', query);
      const versions = (answer.versions ?? []).filter((one) => one.place === place.text);
      return { versions, looked: answer.currentVerified ?? false };
    },
    ...LIVE,
  });

export const versionDiffQuery = (backupPath: string) =>
  queryOptions({
    queryKey: [...keys.files, 'diff', backupPath],
    queryFn: () => get<VersionDiff>('/files/diff', { backupPath }),
    // What is there now may be written by anybody.
    staleTime: 0,
  });

export async function revertFile(backupPath: string, overwrite: boolean): Promise<string | null> {
  const body = { backupPath, overwrite, confirm: true };
  return (await request('POST', '/files/revert', { body })).changeId;
}

export const sameContent = (one: Content, sha256: string | null): boolean =>
  one.is === 'absent' ? sha256 === null : one.sha256 === sha256;

/** The file that a plan is about, where it is about one. */
export function fileOf(plan: PlanDetails): FilePlan | null {
  const { path, place, diff } = plan;
  if (!path || !place || !parsePlace(place)) return null;
  return { ...plan, path, place, diff: typeof diff === 'string' ? diff : undefined };
}
