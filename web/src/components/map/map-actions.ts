/** What can be done on the map: its main button, its menu, its keys, its lines in the palette. */
import Download from '@lucide/svelte/icons/download';
import Link2 from '@lucide/svelte/icons/link-2';
import PinOff from '@lucide/svelte/icons/pin-off';
import Unplug from '@lucide/svelte/icons/unplug';

import type { Action } from '../../lib/actions.svelte.ts';
import { number } from '../../lib/format.ts';
import { saveMermaid, savePng, saveSvg, type Shown } from '../../lib/map/export.ts';
import type { MapSettings } from '../../lib/map/settings.svelte.ts';
import type { MapView } from '../../lib/map/view.svelte.ts';
import { failed } from '../../lib/notify.ts';

export interface Acts {
  view: MapView;
  settings: MapSettings;
  editable: boolean;
  /** The picture as it is shown; null while there is none. */
  shown: () => Shown | null;
  connect: (from: number) => void;
  unpin: (ids: number[]) => void;
  fit: () => void;
  zoom: (step: number) => void;
}

export function mapActions(acts: Acts): Action[] {
  const { view, settings, editable } = acts;
  if (!view.graph.items.size) return [];
  const one = view.current === null ? undefined : view.graph.items.get(view.current);
  const offered: (Action | false | undefined)[] = [
    editable && {
      id: 'map connect',
      label: view.connecting ? 'Stop connecting' : 'Connect',
      icon: Link2,
      primary: true,
      run: () => {
        if (settings.view === 'graph') view.connecting = !view.connecting;
        else if (one) acts.connect(one.id);
      },
    },
    editable &&
      one && {
        id: 'map line',
        label: `Connect ${one.name}…`,
        keys: 'l',
        icon: Link2,
        run: () => acts.connect(one.id),
      },
    one && {
      id: 'map impact',
      label: `What breaks if ${one.name} stops`,
      keys: 'w',
      icon: Unplug,
      run: () => {
        view.choose(one.id);
        settings.ask(one.id);
      },
    },
    ...(settings.view === 'graph' ? pictureActions(acts) : []),
    { id: 'map mermaid', label: 'Save as Mermaid', icon: Download, run: () => saveMermaid(view.graph) },
    editable &&
      view.pinned.size > 0 && {
        id: 'map unpin',
        label: view.pinned.size === 1 ? 'Unpin the pinned item' : `Unpin all ${number(view.pinned.size)} pinned`,
        icon: PinOff,
        run: () => acts.unpin([...view.pinned]),
      },
  ];
  return offered.filter((action): action is Action => !!action);
}

function pictureActions({ shown, fit, zoom }: Acts): Action[] {
  const picture = async (how: (what: Shown) => Promise<void>) => {
    const what = shown();
    if (what) await how(what).catch((error: unknown) => failed('The picture was not saved', error));
  };
  return [
    { id: 'map fit', label: 'Fit to screen', keys: '0', run: fit },
    { id: 'map in', label: 'Zoom in', keys: '+', run: () => zoom(1) },
    { id: 'map out', label: 'Zoom out', keys: '-', run: () => zoom(-1) },
    { id: 'map svg', label: 'Save as SVG', icon: Download, run: () => void picture(saveSvg) },
    { id: 'map png', label: 'Save as PNG', icon: Download, run: () => void picture(savePng) },
  ];
}
