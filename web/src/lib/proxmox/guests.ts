/** Guests as rows of a table. */
import type { Gap, Guest, GuestBackup } from '../api/proxmox.ts';
import type { Row } from '../api/types.ts';
import { bytes, duration, exact, humanise, instant, percent, plain } from '../format.ts';
import { spoken, type CellType, type Listed, type TableColumn } from '../table/columns.ts';
import { addressKey, natural } from '../table/natural.ts';
import type { SortKey } from '../table/table.svelte.ts';

/**
 * The newest backup: null for none at all, undefined where not every backup could be seen. When it was `made` is null where
 * the storage does not say.
 */
export type NewestBackup = { made: string | null } | null | undefined;
export type GuestRow = Guest & Listed & { id: string; ip: string; backup: NewestBackup };

/** What is known of guests from elsewhere. */
export interface Beside {
  /** Address of its item in the inventory. */
  addressOf: (guest: Guest) => string;
  backupOf: (guest: Guest) => NewestBackup;
}
const NOTHING: Beside = { addressOf: () => '', backupOf: () => undefined };

/** Numbers are unique in a cluster only. */
export const guestKey = (guest: Guest) => `${guest.cluster}/${guest.vmid}`;

/** Guests in order of node and number. */
export function guestRows(guests: readonly Guest[], beside = NOTHING): GuestRow[] {
  const rows = guests.map((guest) => ({
    ...guest,
    id: guestKey(guest),
    ip: beside.addressOf(guest),
    backup: beside.backupOf(guest),
  }));
  const place = (row: GuestRow) => natural(`${row.cluster} ${row.node}`);
  return rows.sort((a, b) => (place(a) === place(b) ? a.vmid - b.vmid : place(a) < place(b) ? -1 : 1));
}

/** The newest backup of each guest. Where some could not be seen, that there is none is not known. */
export function newestBackups(seen: { backups: readonly GuestBackup[]; gaps: readonly Gap[] } | undefined) {
  const newest = new Map<string, { made: string | null }>();
  for (const { cluster, vmid, made = null } of seen?.backups ?? []) {
    const key = `${cluster}/${vmid}`;
    const known = newest.get(key);
    if (!known || (made ?? '') > (known.made ?? '')) newest.set(key, { made });
  }
  const partly = new Set(seen?.gaps.map((gap) => gap.cluster));
  return (guest: Pick<Guest, 'cluster' | 'vmid'>): NewestBackup =>
    newest.get(`${guest.cluster}/${guest.vmid}`) ?? (!seen || partly.has(guest.cluster) ? undefined : null);
}

export const addressOfItem = (row: Row | undefined): string =>
  row ? ((row.addresses ?? []).find((one) => one.ip)?.ip ?? plain(row.ip_address)) : '';

/** This page with the sheet of that guest over it. */
export const guestAddress = (guest: Pick<Guest, 'cluster' | 'vmid'>, query = new URLSearchParams()) => {
  const params = new URLSearchParams(query);
  params.set('guest', `${guest.cluster}/${guest.vmid}`);
  return `/proxmox?${params}`;
};

/** Where the guests of its node are listed. Two hosts that stand alone may have one name, in a cluster each. */
export const nodeAddress = ({ node, cluster }: Guest) => `/proxmox?${new URLSearchParams({ node, cluster })}`;

export const running = (guest: Guest) => guest.status === 'running';

const STATES: Record<string, string> = {
  running: 'Running',
  stopped: 'Stopped',
  paused: 'Paused',
  suspended: 'Suspended',
  unknown: 'Unknown',
  template: 'Template',
};
/** What guests are filtered by. */
const state = spoken<GuestRow>(
  (guest) => (guest.template ? 'template' : guest.status),
  (value) => STATES[value] ?? humanise(value),
);

/** "Running", "Stopped", "Template" */
export const stateWord = (guest: Guest): string => state.text(guest as GuestRow);

/** The same with what holds it just now: "Stopped, backup". */
export const stateText = (guest: Guest): string =>
  guest.lock ? `${stateWord(guest)}, ${guest.lock}` : stateWord(guest);

/** Share of its memory that a guest uses. */
export const memoryShare = (guest: Guest): number | null =>
  running(guest) && guest.memUsedMB !== null && guest.memMB ? guest.memUsedMB / guest.memMB : null;
/** What is off uses nothing, which is no measurement. */
export const cpuShare = (guest: Guest): number | null => (running(guest) ? guest.cpu : null);

const MIB = 1024 * 1024;
const shareText = (share: number | null) => (share === null ? '' : percent(share));

type Given = Pick<TableColumn<GuestRow>, 'id' | 'label' | 'width' | 'text'> &
  Partial<Pick<TableColumn<GuestRow>, 'standard' | 'right' | 'words'>>;

function column(type: CellType, given: Given, key?: (row: GuestRow) => SortKey): TableColumn<GuestRow> {
  const named = (row: GuestRow) => (given.text(row) ? natural(given.text(row)) : null);
  return { standard: true, right: false, ...given, type, key: key ?? named };
}

export function guestColumns(severalClusters: boolean): TableColumn<GuestRow>[] {
  const kind = spoken<GuestRow>(
    (row) => row.kind,
    (value) => (value === 'vms' ? 'VM' : 'Container'),
  );
  const disk = (row: GuestRow) => (row.bootDiskGB === null ? '' : bytes(row.bootDiskGB * 1024 * MIB));
  const size = (row: GuestRow) => (row.memMB === null ? '' : bytes(row.memMB * MIB));
  const uptime = (row: GuestRow) => (running(row) && row.uptime ? duration(row.uptime) : '');
  const backup = spoken<GuestRow>(
    ({ backup }) => (backup === null ? 'none' : backup ? (backup.made ?? 'untold') : ''),
    (value) => BACKUP[value] ?? (value && exact(value)),
  );
  return [
    column('name', { id: 'name', label: 'Name', width: 'minmax(164px,1.6fr)', text: (row) => row.name }),
    column('state', { id: 'status', label: 'Status', width: '120px', ...state }),
    column(
      'integer',
      { id: 'vmid', label: 'ID', width: '60px', right: true, text: (row) => String(row.vmid) },
      (row) => row.vmid,
    ),
    column('text', { id: 'kind', label: 'Kind', width: '92px', standard: false, ...kind }),
    column('text', { id: 'node', label: 'Node', width: '80px', text: (row) => row.node }),
    column('text', {
      id: 'cluster',
      label: 'Cluster',
      width: '110px',
      standard: severalClusters,
      text: (row) => row.cluster,
    }),
    column('address', { id: 'ip', label: 'Address', width: '112px', text: (row) => row.ip }, (row) =>
      row.ip ? addressKey(row.ip) : null,
    ),
    column('usage', { id: 'cpu', label: 'CPU', width: '100px', text: (row) => shareText(cpuShare(row)) }, cpuShare),
    column(
      'usage',
      { id: 'memory', label: 'Memory', width: '100px', text: (row) => shareText(memoryShare(row)) },
      memoryShare,
    ),
    column(
      'usage',
      { id: 'size', label: 'Memory size', width: '112px', right: true, standard: false, text: size },
      (row) => row.memMB,
    ),
    column('usage', { id: 'disk', label: 'Disk', width: '84px', right: true, text: disk }, (row) => row.bootDiskGB),
    column('usage', { id: 'uptime', label: 'Uptime', width: '76px', right: true, text: uptime }, (row) =>
      running(row) ? row.uptime : null,
    ),
    column('usage', { id: 'backup', label: 'Backup', width: '84px', ...backup }, backupKey),
    column('tags', { id: 'tags', label: 'Tags', width: 'minmax(84px,1fr)', text: (row) => row.tags.join(', ') }),
  ];
}

const BACKUP: Record<string, string> = { none: 'None', untold: 'Time unknown' };

/** None at all is older than any. */
const backupKey = ({ backup }: GuestRow): SortKey =>
  backup === null ? 0 : backup?.made ? instant(backup.made).getTime() : null;

/** Each thing that is missing once, though several answers lack it. */
export const gapsOf = (...answers: ({ gaps: Gap[] } | undefined)[]): Gap[] => {
  const all = answers.flatMap((answer) => answer?.gaps ?? []);
  return [...new Map(all.map((gap) => [`${gap.cluster} ${gap.problem}`, gap])).values()];
};

/** What is said where no guest is listed. A cluster that could not be asked may well have some. */
export function noGuests(asked: number, unseen: number): { title: string; text: string } {
  if (unseen > 0 && unseen >= asked) {
    const title = asked > 1 ? 'No cluster could be asked' : 'The cluster could not be asked';
    return { title, text: 'What guests there are is not known. Why, and what to do, stands above.' };
  }
  const where = unseen > 0 ? 'in the clusters that answered' : '';
  const text = ['There is none', where].filter(Boolean).join(' ');
  return { title: 'No guest to be seen', text: `${text}, or the token may not see those that there are.` };
}
