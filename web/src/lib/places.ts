/** Where in the lab something is, as the hub writes it: `host:home/pve1`, `pct:home/101`, `qm:home/102`. */
export interface Place {
  kind: 'host' | 'pct' | 'qm';
  cluster: string;
  /** Of a node. */
  node: string | null;
  /** Of a guest. */
  vmid: number | null;
  text: string;
}

const FORM = /^(host|pct|qm):([^/\s]+)\/([^/\s]+)$/;
const WORDS = { host: 'Node', pct: 'CT', qm: 'VM' };

export function parsePlace(text: string): Place | null {
  const [, kind, cluster, name] = FORM.exec(text) ?? [];
  if (!kind || !cluster || !name) return null;
  const vmid = kind === 'host' ? null : Number(name);
  if (vmid !== null && !Number.isInteger(vmid)) return null;
  return { kind: kind as Place['kind'], cluster, node: kind === 'host' ? name : null, vmid, text };
}

/** "CT 101 in home", "Node pve1 in home"; what is none stays as it is. */
export function placeName(text: string): string {
  const place = parsePlace(text);
  return place ? `${WORDS[place.kind]} ${place.node ?? place.vmid} in ${place.cluster}` : text;
}

/** The page of a file there. */
export const fileAddress = (place: string, path: string): string =>
  `/files?${new URLSearchParams({ place, path }).toString()}`;
