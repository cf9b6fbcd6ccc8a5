/** What the address says about the map: which view and layout, what is left out, what is searched. */
import { router } from '../router.svelte.ts';
import { store, stored } from '../stored.ts';
import type { LayoutName } from './layout.ts';
import { AT_FIRST, GROUPS, type LineGroup } from './look.ts';

export type ViewName = 'graph' | 'tree';

export const LAYOUTS: { id: LayoutName; label: string }[] = [
  { id: 'nested', label: 'Nested' },
  { id: 'layered', label: 'Layered' },
  { id: 'organic', label: 'Organic' },
];
const REMEMBERED = 'map-layout';
const words = (key: string) => router.query.get(key)?.split(',').filter(Boolean) ?? [];
const known = (name: string | null): LayoutName | undefined => LAYOUTS.find(({ id }) => id === name)?.id;

export class MapSettings {
  view = $derived<ViewName>(router.query.get('view') === 'tree' ? 'tree' : 'graph');
  layout = $derived<LayoutName>(known(router.query.get('layout')) ?? known(stored(REMEMBERED)) ?? 'nested');
  hidden = $derived<ReadonlySet<string>>(new Set(words('hide')));
  networks = $derived<ReadonlySet<number>>(new Set(words('net').map(Number).filter(Number.isInteger)));
  search = $derived(router.query.get('q') ?? '');
  item = $derived(Number(router.query.get('item')) || null);
  asking = $derived(router.query.get('impact') === '1');
  /** The organic layout lives from its lines: there all of them are shown until a person says otherwise. */
  lines = $derived.by<ReadonlySet<LineGroup>>(() => {
    const said = router.query.get('lines');
    const every = GROUPS.map(({ id }) => id);
    if (said === null) return new Set(this.layout === 'organic' ? every : AT_FIRST);
    return new Set(every.filter((id) => said.split(',').includes(id)));
  });

  setView = (view: ViewName) => router.patch({ view: view === 'tree' ? view : null });
  setLayout = (layout: LayoutName) => {
    store(REMEMBERED, layout === 'nested' ? null : layout);
    router.patch({ layout: layout === 'nested' ? null : layout });
  };
  setHidden = (hidden: ReadonlySet<string>) => router.patch({ hide: [...hidden].join(',') || null });
  setNetworks = (networks: ReadonlySet<number>) => router.patch({ net: [...networks].join(',') || null });
  setLines = (lines: ReadonlySet<LineGroup>) => router.patch({ lines: [...lines].join(',') });
  setSearch = (q: string) => router.patch({ q: q || null });
  setItem = (id: number | null) => router.patch({ item: id === null ? null : String(id), impact: null });
  /** What breaks if this stops. */
  ask = (id: number) => router.patch({ item: String(id), impact: '1' });
  setAsking = (on: boolean) => router.patch({ impact: on ? '1' : null });
  clear = () => router.patch({ hide: null, net: null, q: null });
}

export const toggled = <T>(set: ReadonlySet<T>, one: T): Set<T> => {
  const next = new Set(set);
  if (!next.delete(one)) next.add(one);
  return next;
};
