/** How full the storages of the clusters are. */
import { queryOptions } from '@tanstack/svelte-query';

import { get } from '../api/http.ts';
import { keys } from '../api/queries.ts';

export interface SeenStorage {
  cluster: string;
  node: string;
  name: string;
  type: string;
  active: boolean;
  shared: boolean;
  totalBytes: number | null;
  usedBytes: number | null;
}

export interface Storage {
  key: string;
  name: string;
  /** On which node; all of them see a shared one. */
  where: string;
  type: string;
  used: number;
  total: number;
  share: number;
}

interface Census {
  sections: { storage?: SeenStorage[] | { unavailableAtTier: string } };
}

/** Shared storages once, the fullest first; what says no size is left out. */
export function storages(seen: readonly SeenStorage[]): Storage[] {
  const out = new Map<string, Storage>();
  for (const one of seen) {
    if (!one.active || !one.totalBytes || one.usedBytes === null) continue;
    const key = one.shared ? `${one.cluster} ${one.name}` : `${one.cluster} ${one.node} ${one.name}`;
    const { name, type, totalBytes: total, usedBytes: used } = one;
    out.set(key, {
      key,
      name,
      where: one.shared ? /* @wc-include */ 'shared' : one.node,
      type,
      used,
      total,
      share: used / total,
    });
  }
  return [...out.values()].sort((a, b) => b.share - a.share);
}

const AGAIN = 60_000;

export const storagesQuery = () =>
  queryOptions({
    queryKey: [...keys.proxmox, 'storages'],
    queryFn: async () => {
      const census = await get<Census>('/proxmox/census', { sections: 'storage', saveSnapshot: false });
      const { storage } = census.sections;
      return Array.isArray(storage) ? storages(storage) : [];
    },
    staleTime: AGAIN,
    refetchInterval: AGAIN,
  });
