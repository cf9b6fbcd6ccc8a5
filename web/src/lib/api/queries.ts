/** Query keys and fetchers, one place, so that live updates patch exactly what pages read. */
import { queryOptions, type QueryClient } from '@tanstack/svelte-query';

import { humanise } from '../format.ts';
import { language } from '../language.ts';
import { get } from './http.ts';
import type { Change, Drift, Impact, ItemDetail, Kind, ListOf, Row, SearchHit, Status, Token, User } from './types.ts';

/** Everything below changes only by a write or an event, and both patch or invalidate the cache. */
const LIVE = { staleTime: Infinity, gcTime: 10 * 60_000 };

export interface Name {
  id: number;
  kind: string;
  name: string;
  icon: string | null;
  tags?: string[];
}

export const keys = {
  kinds: ['kinds'] as const,
  rows: (kind: string) => ['rows', kind] as const,
  names: (kind: string) => ['names', kind] as const,
  item: (id: number) => ['item', id] as const,
  history: (id: number) => ['history', id] as const,
  impact: (id: number) => ['impact', id] as const,
  members: (id: number) => ['members', id] as const,
  changes: ['changes'] as const,
  drift: ['drift'] as const,
  status: ['status'] as const,
  tokens: ['tokens'] as const,
  users: ['users'] as const,
  audit: ['audit'] as const,
  approvals: ['approvals'] as const,
  files: ['files'] as const,
  proxmox: ['proxmox'] as const,
  map: ['map'] as const,
  scans: ['scans'] as const,
  reviews: ['reviews'] as const,
  reachability: ['reachability'] as const,
  views: ['views'] as const,
};

export const kindsQuery = () =>
  queryOptions({
    queryKey: keys.kinds,
    queryFn: declaredKinds,
    ...LIVE,
  });

/** The hub names kinds and fields in English. */
async function declaredKinds(): Promise<Kind[]> {
  const kinds = (await get<ListOf<Kind>>('/kinds')).data.map(withName);
  return language === 'en' ? kinds : kinds.map((await import('./labels.ts')).translated);
}

/** A kind's name is a column of its own on the server; forms and tables treat it as the first field. */
function withName(kind: Kind): Kind {
  if (kind.fields.some((field) => field.name === kind.name_field)) return kind;
  const label = humanise(kind.name_field);
  return {
    ...kind,
    fields: [{ name: kind.name_field, label, type: 'text', required: true, column: true }, ...kind.fields],
  };
}

/** Rows are compared nowhere but by revision; deep sharing over 10 000 of them would cost more than it saves. */
const BIG = { ...LIVE, structuralSharing: false };

export const rowsQuery = (kind: string) =>
  queryOptions({
    queryKey: keys.rows(kind),
    queryFn: async ({ signal }) => (await get<ListOf<Row>>(`/${kind}`, undefined, signal)).data,
    ...BIG,
  });

/** Only id, name and icon of a kind: enough for parent columns and pickers. */
export const namesQuery = (kind: Kind) =>
  queryOptions({
    queryKey: keys.names(kind.key),
    queryFn: async () => {
      const fields = ['id', kind.name_field, 'icon'].filter(
        (f) => f !== 'icon' || kind.fields.some((x) => x.name === 'icon'),
      );
      const list = await get<ListOf<Row>>(`/${kind.key}`, { fields: fields.join(',') });
      return list.data.map((row) => nameOf(kind, row));
    },
    ...BIG,
  });

export const nameOf = (kind: Kind, row: Row): Name => ({
  id: row.id,
  kind: kind.key,
  name: String(row[kind.name_field] ?? ''),
  icon: typeof row.icon === 'string' ? row.icon : null,
});

export const itemQuery = (id: number) =>
  queryOptions({
    queryKey: keys.item(id),
    queryFn: async () => (await get<{ data: ItemDetail }>(`/items/${id}`)).data,
    ...LIVE,
  });

export const historyQuery = (id: number) =>
  queryOptions({
    queryKey: keys.history(id),
    queryFn: async () => (await get<ListOf<Change>>(`/items/${id}/changes`)).data,
    ...LIVE,
  });

export const impactQuery = (id: number) =>
  queryOptions({
    queryKey: keys.impact(id),
    queryFn: async () => (await get<{ data: Impact }>(`/impact/${id}`)).data,
    ...LIVE,
  });

/** What is in a network, said or by address: the search knows, by the network's own range or name. */
export const membersQuery = (network: Row) =>
  queryOptions({
    queryKey: [...keys.members(network.id), network.subnet, network.name],
    queryFn: () => search(`net:"${String(network.subnet || network.name).replaceAll('"', '')}"`, MOST_HITS),
    ...LIVE,
  });

export const recentChangesQuery = (limit: number) =>
  queryOptions({
    queryKey: [...keys.changes, 'recent', limit],
    queryFn: async () => (await get<ListOf<Change>>('/changes', { limit })).data,
    ...LIVE,
  });

export const driftQuery = () =>
  queryOptions({
    queryKey: keys.drift,
    queryFn: async () => (await get<ListOf<Drift>>('/drift', { all: true })).data,
    ...LIVE,
  });

export const statusQuery = () =>
  queryOptions({
    queryKey: keys.status,
    queryFn: () => get<Status | { data: Status }>('/status').then((s) => ('data' in s ? s.data : s)),
    staleTime: 15_000,
  });

export const tokensQuery = () =>
  queryOptions({ queryKey: keys.tokens, queryFn: async () => (await get<ListOf<Token>>('/tokens')).data, ...LIVE });

export const usersQuery = () =>
  queryOptions({ queryKey: keys.users, queryFn: async () => (await get<ListOf<User>>('/users')).data, ...LIVE });

/** The most that the hub gives for one question. */
export const MOST_HITS = 100;

export interface SearchAnswer {
  data: SearchHit[];
  count: number;
  degraded?: string | boolean | null;
}

export const search = (q: string, limit: number, signal?: AbortSignal) =>
  get<SearchAnswer>('/search', { q, limit }, signal);

/** After any write or event about an item: what shows it is read again. */
export function invalidateItem(client: QueryClient, id: number) {
  for (const key of [keys.item(id), keys.history(id), keys.impact(id)])
    void client.invalidateQueries({ queryKey: key });
}

export function invalidateJournal(client: QueryClient) {
  for (const key of [
    keys.changes,
    keys.drift,
    keys.kinds,
    keys.map,
    keys.reviews,
    ['history'],
    [...keys.audit, 'list'],
  ]) {
    void client.invalidateQueries({ queryKey: key });
  }
}
