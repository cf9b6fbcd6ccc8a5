/** Guests as rows of a table. */
import type { Gap, Guest } from '../api/proxmox.ts';
import { bytes, duration, humanise, percent } from '../format.ts';
import type { CellType, Listed, TableColumn } from '../table/columns.ts';
import { natural } from '../table/natural.ts';
import type { SortKey } from '../table/table.svelte.ts';

export type GuestRow = Guest & Listed & { id: string };

/** Numbers are unique in a cluster only. */
export const guestKey = (guest: Guest) => `${guest.cluster}/${guest.vmid}`;

/** Guests in order of node and number. */
export function guestRows(guests: readonly Guest[]): GuestRow[] {
  const rows = guests.map((guest) => ({ ...guest, id: guestKey(guest) }));
  const place = (row: GuestRow) => natural(`${row.cluster} ${row.node}`);
  return rows.sort((a, b) => (place(a) === place(b) ? a.vmid - b.vmid : place(a) < place(b) ? -1 : 1));
}

/** Where the guests of its node are listed. Two hosts that stand alone may have one name, in a cluster each. */
export const nodeAddress = ({ node, cluster }: Guest) => `/proxmox?${new URLSearchParams({ node, cluster })}`;

export const running = (guest: Guest) => guest.status === 'running';

/** "Running", "Stopped", "Template": what guests are filtered by. */
export const stateWord = (guest: Guest): string => (guest.template ? 'Template' : humanise(guest.status));

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
  Partial<Pick<TableColumn<GuestRow>, 'standard' | 'right'>>;

function column(type: CellType, given: Given, key?: (row: GuestRow) => SortKey): TableColumn<GuestRow> {
  const named = (row: GuestRow) => (given.text(row) ? natural(given.text(row)) : null);
  return { standard: true, right: false, ...given, type, key: key ?? named };
}

export function guestColumns(severalClusters: boolean): TableColumn<GuestRow>[] {
  const kind = (row: GuestRow) => (row.kind === 'vms' ? 'VM' : 'Container');
  const disk = (row: GuestRow) => (row.bootDiskGB === null ? '' : bytes(row.bootDiskGB * 1024 * MIB));
  const size = (row: GuestRow) => (row.memMB === null ? '' : bytes(row.memMB * MIB));
  const uptime = (row: GuestRow) => (running(row) && row.uptime ? duration(row.uptime) : '');
  return [
    column('name', { id: 'name', label: 'Name', width: 'minmax(180px,1.6fr)', text: (row) => row.name }),
    column('state', { id: 'status', label: 'Status', width: '132px', text: stateWord }),
    column('integer', { id: 'vmid', label: 'ID', width: '64px', text: (row) => String(row.vmid) }, (row) => row.vmid),
    column('text', { id: 'kind', label: 'Kind', width: '92px', text: kind }),
    column('text', { id: 'node', label: 'Node', width: '92px', text: (row) => row.node }),
    column('text', {
      id: 'cluster',
      label: 'Cluster',
      width: '110px',
      standard: severalClusters,
      text: (row) => row.cluster,
    }),
    column('usage', { id: 'cpu', label: 'CPU', width: '128px', text: (row) => shareText(cpuShare(row)) }, cpuShare),
    column(
      'usage',
      { id: 'memory', label: 'Memory', width: '128px', text: (row) => shareText(memoryShare(row)) },
      memoryShare,
    ),
    column(
      'usage',
      { id: 'size', label: 'Memory size', width: '104px', standard: false, text: size },
      (row) => row.memMB,
    ),
    column(
      'usage',
      { id: 'disk', label: 'Boot disk', width: '96px', standard: false, text: disk },
      (row) => row.bootDiskGB,
    ),
    column('usage', { id: 'uptime', label: 'Uptime', width: '80px', text: uptime }, (row) =>
      running(row) ? row.uptime : null,
    ),
    column('tags', { id: 'tags', label: 'Tags', width: 'minmax(96px,1fr)', text: (row) => row.tags.join(', ') }),
  ];
}

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
