/** Rows and columns of an inventory list: one kind with its own columns, or every kind with the common ones. */
import { createQueries } from '@tanstack/svelte-query';

import { rowsQuery } from '../lib/api/queries.ts';
import type { Kind, Row } from '../lib/api/types.ts';
import { linkedKinds, useNames } from '../lib/names.svelte.ts';
import { RANK, WORD, type Reach } from '../lib/reachability/state.ts';
import { useReach } from '../lib/reachability/watch.svelte.ts';
import { kindColumns, spoken, type TableColumn } from '../lib/table/columns.ts';
import type { ListSource } from '../lib/table/list.svelte.ts';
import { addressKey, natural } from '../lib/table/natural.ts';

const PARENTS = ['hardware_id', 'vm_id', 'container_id', 'storage_id', 'parent_id'];

const textColumn = (id: string, label: string, width: string, text: (row: Row) => string): TableColumn => ({
  id,
  label,
  type: 'text',
  width,
  right: false,
  standard: true,
  text,
  key: (row) => {
    const value = text(row);
    return value ? natural(value) : null;
  },
});

export function useInventory(kinds: () => Kind[], every: () => Kind[]) {
  const queries = createQueries(() => ({
    queries: kinds().map((kind) => rowsQuery(kind.key)),
    combine: (results) => ({
      lists: results.map((one) => one.data),
      pending: results.some((one) => one.isPending),
      error: results.find((one) => one.isError)?.error ?? null,
    }),
  }));
  const names = useNames(() => (kinds().length === 1 ? linkedKinds(kinds()[0], every()) : kinds()));
  const reach = useReach();
  const single = $derived(kinds().length === 1 ? kinds()[0]! : null);
  const kindOf = $derived.by(() => {
    const byId = new Map<number, Kind>();
    if (!single) kinds().forEach((kind, i) => queries.lists[i]?.forEach((row) => byId.set(row.id, kind)));
    return (row: Row) => single ?? byId.get(row.id) ?? kinds()[0]!;
  });
  const listed = $derived(single ? (queries.lists[0] ?? []) : queries.lists.flatMap((list) => list ?? []));
  const watched = $derived(reach.every > 0 && listed.some((row) => reach.of(row.id)));
  // What a table finds and sorts by is kept with its rows and columns: when somebody comes or goes, they are others.
  const rows = $derived(watched && reach.query.data ? [...listed] : listed);

  const own = $derived.by(() => {
    const nameOf = (id: number) => names.byId.get(id)?.name;
    const parent = (row: Row) => {
      const id = PARENTS.map((field) => row[field]).find((value) => typeof value === 'number');
      return id === undefined ? '' : (nameOf(id as number) ?? '');
    };
    const address = (row: Row) => String(row.ip_address ?? row.ip ?? row.subnet ?? '');
    if (single) return kindColumns(single, nameOf);
    const labelOf = (key: string) => kinds().find((one) => one.key === key)?.label;
    const kind = spoken((row: Row) => kindOf(row).key, labelOf);
    const [name, ...rest] = kindColumns({ ...kinds()[0]!, name_field: 'name', fields: [] }, nameOf);
    return [
      name!,
      { ...textColumn('kind', 'Kind', '128px', (row) => kindOf(row).label), ...kind },
      {
        ...textColumn('ip_address', 'Address', '140px', address),
        type: 'address' as const,
        key: (row: Row) => (address(row) ? addressKey(address(row)) : null),
      },
      textColumn('parent', 'Runs on', 'minmax(112px,1fr)', parent),
      ...rest,
    ];
  });

  const health = spoken(
    (row: Row) => reach.stateOf(row.id) ?? '',
    (state) => WORD[state as Reach],
  );
  const rank = (row: Row) => {
    const state = reach.stateOf(row.id);
    return state && RANK[state];
  };
  const state: TableColumn = {
    ...textColumn('health', 'State', '124px', health.text),
    ...health,
    type: 'state',
    key: rank,
  };
  const columns = $derived(watched && reach.query.data ? own.toSpliced(1, 0, state) : own);

  const source = $derived<ListSource>({
    key: single?.key ?? 'all',
    columns,
    rows,
    kindOf: (row) => kindOf(row).key,
    nameOf: (row) => String(row[kindOf(row).name_field] ?? ''),
    hrefOf: (row) => (kindOf(row).key === 'documents' ? `/docs/${row.id}` : `/items/${row.id}`),
  });
  return {
    get source() {
      return source;
    },
    reach,
    /** Some of these rows are watched. */
    get watched() {
      return watched;
    },
    get pending() {
      return queries.pending || reach.query.isPending;
    },
    get error() {
      return queries.error;
    },
  };
}
