/** Found hosts as rows of a table: what each is thought to be, what is otherwise, which item it is. */
import type { By, Certificate, FoundHost, Reviewed, ScanShown, Since } from '../api/discovery.ts';
import type { Ref } from '../api/types.ts';
import { webAddress } from '../apps.ts';
import { ago, plural } from '../format.ts';
import { spoken, type CellType, type Listed, type TableColumn } from '../table/columns.ts';
import { addressKey, natural } from '../table/natural.ts';
import type { SortKey } from '../table/table.svelte.ts';

export type Turn = 'new' | 'moved' | 'changed' | 'gone' | 'same';

export const TURN: Record<Turn, string> = {
  new: 'New',
  moved: 'Moved',
  changed: 'Changed',
  gone: 'Gone',
  same: 'Same',
};

export interface HostRow extends Listed {
  /** Its address. */
  id: string;
  name: string;
  icon: string | null;
  label: string;
  kind: string;
  /** Not there for one that is gone. */
  host: FoundHost | null;
  /** Null for the first scan of its sort. */
  turn: Turn | null;
  /** What exactly is otherwise. */
  how: string;
  known: { item: Ref; by: By } | null;
}

const BY: Record<By, string> = {
  mac: 'by its hardware address',
  address: 'by its address',
  name: 'by its name',
};
export const byWhat = (by: By) => BY[by];

/** "ping", "ARP", "TCP 22" */
export function seenBy(method: string): string {
  const [way = '', port] = method.split(':');
  const word = { icmp: /* @wc-include */ 'ping', arp: 'ARP', tcp: 'TCP', none: '' }[way] ?? way;
  return [word, port].filter(Boolean).join(' ');
}

/** What became of who answers at each address. Who is gone answers at none: another may have its address by now. */
export function turns(since: Since | null | undefined): Map<string, { turn: Turn; how: string }> {
  const all = new Map<string, { turn: Turn; how: string }>();
  for (const { ip } of since?.new ?? []) all.set(ip, { turn: 'new', how: 'Was not there before' });
  for (const { to, from } of since?.moved ?? []) all.set(to, { turn: 'moved', how: `Was at ${from}` });
  for (const one of since?.changed ?? []) {
    const how = [
      one.opened.length ? `opened ${one.opened.join(', ')}` : '',
      one.closed.length ? `closed ${one.closed.join(', ')}` : '',
      one.was ? `was taken for ${one.was}` : '',
    ];
    const text = how.filter(Boolean).join(', ');
    all.set(one.ip, { turn: 'changed', how: text.charAt(0).toUpperCase() + text.slice(1) });
  }
  return all;
}

/** Living hosts by address, then those that are gone. */
export function hostRows(scan: ScanShown, review: Reviewed | undefined): HostRow[] {
  const turned = turns(scan.since);
  const known = new Map(review?.hosts.map((one) => [one.found.ip, one.known ?? null]));
  const living = scan.hosts.map((host): HostRow => {
    const turn = turned.get(host.ip);
    return {
      id: host.ip,
      name: host.suggested_name,
      icon: host.icon ?? null,
      label: host.fingerprint,
      kind: host.suggested_type,
      host,
      turn: scan.since ? (turn?.turn ?? 'same') : null,
      how: turn?.how ?? '',
      known: known.get(host.ip) ?? null,
    };
  });
  // Where another answers at an address now, both are listed: they are two hosts.
  const gone = (scan.since?.gone ?? []).map((one): HostRow => ({
    id: `gone ${one.ip}`,
    name: one.name,
    icon: null,
    label: one.label,
    kind: 'misc',
    host: null,
    turn: 'gone',
    how: 'Was there before and does not answer',
    known: null,
  }));
  const order = (row: HostRow) => addressKey(addressOf(row));
  return [...living.sort((a, b) => (order(a) < order(b) ? -1 : 1)), ...gone];
}

export const addressOf = (row: HostRow): string => row.host?.ip ?? row.id.replace(/^gone /, '');

/** The certificate that ends first, with the port that shows it. */
export function soonest(host: FoundHost | null): { port: number; certificate: Certificate } | null {
  const all = Object.entries(host?.certificates ?? {}).map(([port, certificate]) => ({
    port: Number(port),
    certificate,
  }));
  return all.sort((a, b) => a.certificate.not_after - b.certificate.not_after)[0] ?? null;
}

export const endOf = ({ not_after }: Certificate) => new Date(not_after * 1000).toISOString();

const DAY = 86_400_000;
const NEAR = 30 * DAY;
/** Less than this ago is no number worth saying. */
const JUST = 45_000;
export function certificateTone({ not_after }: Certificate, now = Date.now()): 'bad' | 'warn' | null {
  const left = not_after * 1000 - now;
  return left < 0 ? 'bad' : left < NEAR ? 'warn' : null;
}
/** "in 12 d", "ended 3 d ago" */
export const certificateText = (one: Certificate, now = Date.now()): string => {
  const gone = now - one.not_after * 1000;
  const text = ago(endOf(one), now);
  if (gone <= 0) return text;
  return gone < JUST ? 'ended just now' : `ended ${text} ago`;
};

/** Ports behind which a browser finds nothing, beside those that no app has. */
const NO_PAGE = new Set([88, 111, 139, 515, 548, 554, 2376, 2379, 3260, 3493, 6053, 8291, 8728, 9100, 25_565]);

/** Where a browser finds what listens there. */
export function doorOf(host: FoundHost, port: number): string | null {
  if (host.url && new URL(host.url).port === String(port)) return host.url;
  const https = !!host.certificates?.[port] || [443, 5001, 6443, 8006, 8007, 8443, 9443, 10_000].includes(port);
  const row = { ip_address: host.ip, port, https } as unknown as Parameters<typeof webAddress>[0];
  return NO_PAGE.has(port) ? null : webAddress(row);
}

const portsText = (row: HostRow) =>
  (row.host?.open_ports ?? []).map((port) => `${port} ${row.host!.services[port] ?? ''}`.trim()).join(', ');

type Given = Pick<TableColumn<HostRow>, 'id' | 'label' | 'width' | 'text'> & Partial<TableColumn<HostRow>>;
function column(type: CellType, given: Given, key?: (row: HostRow) => SortKey): TableColumn<HostRow> {
  const named = (row: HostRow) => (given.text(row) ? natural(given.text(row)) : null);
  return { standard: true, right: false, ...given, type, key: key ?? named };
}

const KNOWN: Record<string, string> = { yes: 'Yes', no: 'No' };

/** What is not known of any host has no column. */
export function hostColumns(rows: readonly HostRow[], reviewed: boolean): TableColumn<HostRow>[] {
  const some = (what: (row: HostRow) => unknown) => rows.some(what);
  const compared = some((row) => row.turn !== null);
  return [
    column('name', { id: 'name', label: 'Name', width: 'minmax(180px,1.5fr)', text: (row) => row.name }),
    column('address', { id: 'ip', label: 'Address', width: '128px', text: addressOf }, (row) =>
      addressKey(addressOf(row)),
    ),
    column('state', { id: 'label', label: 'Looks like', width: 'minmax(150px,1.2fr)', text: (row) => row.label }),
    column('state', {
      id: 'since',
      label: 'Since last time',
      width: '116px',
      standard: compared,
      ...spoken(
        (row) => row.turn ?? '',
        (turn) => TURN[turn as Turn],
      ),
    }),
    column('usage', {
      id: 'item',
      label: 'Is the item',
      width: 'minmax(130px,1fr)',
      standard: reviewed,
      text: (row) => row.known?.item.name ?? '',
    }),
    column('state', {
      id: 'inventory',
      label: 'In the inventory',
      width: '120px',
      standard: false,
      ...spoken(
        (row) => (reviewed && row.host ? (row.known ? 'yes' : 'no') : ''),
        (value) => KNOWN[value],
      ),
    }),
    column(
      'usage',
      { id: 'ports', label: 'Open ports', width: 'minmax(168px,1.5fr)', text: portsText },
      (row) => row.host?.open_ports.length ?? null,
    ),
    column('text', {
      id: 'vendor',
      label: 'Maker',
      width: 'minmax(110px,0.8fr)',
      standard: some((row) => row.host?.vendor),
      text: (row) => row.host?.vendor ?? '',
    }),
    column('mac', {
      id: 'mac',
      label: 'Hardware address',
      width: '148px',
      standard: false,
      text: (row) => row.host?.mac ?? '',
    }),
    column('text', {
      id: 'seen',
      label: 'Seen by',
      width: '88px',
      text: (row) => (row.host ? seenBy(row.host.method) : ''),
    }),
    column(
      'usage',
      {
        id: 'latency',
        label: 'Answers in',
        width: '92px',
        right: true,
        standard: false,
        text: (row) => latencyText(row.host),
      },
      (row) => row.host?.latency_ms ?? null,
    ),
    column(
      'usage',
      {
        id: 'certificate',
        label: 'Certificate',
        width: '108px',
        standard: some((row) => soonest(row.host)),
        text: (row) => soonestText(row),
      },
      (row) => soonest(row.host)?.certificate.not_after ?? null,
    ),
    column('text', {
      id: 'title',
      label: 'Page title',
      width: 'minmax(140px,1fr)',
      standard: false,
      text: (row) => row.host?.http_title ?? '',
    }),
    column('text', {
      id: 'ssh',
      label: 'SSH',
      width: 'minmax(140px,1fr)',
      standard: false,
      text: (row) => row.host?.ssh_banner ?? '',
    }),
  ];
}

/** "tv, bc:24:11:00:00:05 (/var/lib/misc/dnsmasq.leases)" */
export const leaseText = (lease: FoundHost['lease']): string =>
  lease ? `${[lease.hostname, lease.mac].filter(Boolean).join(', ')} (${lease.file})`.trim() : '';

export const latencyText = (host: FoundHost | null) =>
  host?.latency_ms === null || host?.latency_ms === undefined ? '' : `${host.latency_ms} ms`;

const soonestText = (row: HostRow) => {
  const first = soonest(row.host);
  return first ? certificateText(first.certificate) : '';
};

/** Parts of a result that one looks at by themselves, and the filters of the address that make them. */
export type Part = 'all' | 'new' | 'changed' | 'gone' | 'unknown';
const PARTS: Record<Part, { since: Turn[]; inventory: string[] }> = {
  all: { since: [], inventory: [] },
  new: { since: ['new'], inventory: [] },
  changed: { since: ['changed', 'moved'], inventory: [] },
  gone: { since: ['gone'], inventory: [] },
  unknown: { since: [], inventory: ['no'] },
};
const same = (a: readonly string[], b: readonly string[]) => a.toSorted().join() === b.toSorted().join();

/** Null where the filters were put together otherwise. */
export function partOf(query: URLSearchParams): Part | null {
  const [since, inventory] = [query.getAll('since'), query.getAll('inventory')];
  const hit = Object.entries(PARTS).find(([, one]) => same(one.since, since) && same(one.inventory, inventory));
  return (hit?.[0] as Part | undefined) ?? null;
}

export function withPart(query: URLSearchParams, part: Part): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of ['since', 'inventory'] as const) {
    next.delete(name);
    for (const value of PARTS[part][name]) next.append(name, value);
  }
  return next;
}

/** What is otherwise, as one reads it: "2 new, 1 gone". Empty where nothing is. */
export function otherwise(since: Since): string {
  const parts: [number, string][] = [
    [since.new.length, /* @wc-include */ 'new'],
    [since.gone.length, /* @wc-include */ 'gone'],
    [since.moved.length, /* @wc-include */ 'moved'],
    [since.changed.length, /* @wc-include */ 'changed'],
  ];
  return parts.flatMap(([count, word]) => (count ? `${count} ${word}` : [])).join(', ');
}

export const hostsText = (count: number) => plural(count, 'host');
