/** Where rows about items get icon, kind and address from. Call while a component is set up. */
import { createQuery } from '@tanstack/svelte-query';

import { kindsQuery } from '../../lib/api/queries.ts';
import { useDirectory } from '../../lib/names.svelte.ts';
import type { Listed, TableColumn } from '../../lib/table/columns.ts';
import type { ListSource } from '../../lib/table/list.svelte.ts';

type About = Listed & { item: number; kind: string; name: string };

export function useSource() {
  const kinds = createQuery(kindsQuery);
  const directory = useDirectory();
  const labels = $derived(new Map(kinds.data?.map((kind) => [kind.key, kind.label])));
  return {
    labelOf: (kind: string) => labels.get(kind) ?? kind,
    source: <T extends About>(key: string, columns: TableColumn<T>[], rows: T[]): ListSource<T> => ({
      key,
      columns,
      rows: rows.map((row) => ({ ...row, icon: directory?.byId.get(row.item)?.icon ?? null })),
      kindOf: (row) => row.kind,
      nameOf: (row) => row.name,
      hrefOf: (row) => `/items/${row.item}`,
    }),
  };
}
