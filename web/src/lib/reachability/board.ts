/** What is watched, what was silent and what was shown, as rows of tables. */
import type { Level } from '../api/proxmox.ts';
import { duration, exact, instant } from '../format.ts';
import { LEVEL } from '../proxmox/health.ts';
import { spoken, type CellType, type Listed, type TableColumn } from '../table/columns.ts';
import { natural } from '../table/natural.ts';
import type { SortKey } from '../table/table.svelte.ts';
import type { Outage } from './past.ts';
import { RANK, WORD, type Reach } from './state.ts';
import type { Ending, Standing } from './watch.svelte.ts';
import { byWhat } from './words.ts';

/** What every row of these tables says of its item. */
interface Of extends Listed {
  item: number;
  kind: string;
  name: string;
}
export interface WatchRow extends Of {
  standing: Standing;
  state: Reach;
  since: string;
  seen_at: string;
  latency_ms: number | null;
}
export interface OutageRow extends Of {
  since: string;
  until: string | null;
  /** Until now where it lasts, in seconds. */
  length: number;
}
export interface CertificateRow extends Of {
  one: Ending;
  port: number;
  ends: string;
}

/** Down first, then by name. */
export function watchRows(all: readonly Standing[], stateOf: (id: number) => Reach | null): WatchRow[] {
  const rows = all.map((standing) => ({
    ...standing.item,
    item: standing.item.id,
    standing,
    state: stateOf(standing.item.id) ?? 'unknown',
    since: standing.since,
    seen_at: standing.seen_at,
    latency_ms: standing.alive ? standing.latency_ms : null,
  }));
  return rows.sort((a, b) => RANK[a.state] - RANK[b.state] || compare(natural(a.name), natural(b.name)));
}

export const outageRows = (all: readonly Outage[], now: number): OutageRow[] =>
  all.map(({ item, since, until }) => ({
    ...item,
    item: item.id,
    id: `${item.id} ${since}`,
    since,
    until: until ?? null,
    length: Math.max(0, ((until ? instant(until).getTime() : now) - instant(since).getTime()) / 1000),
  }));

export const certificateRows = (all: readonly Ending[]): CertificateRow[] =>
  all.map((one) => ({
    ...one.item,
    item: one.item.id,
    id: `${one.item.id} ${one.port}`,
    one,
    port: one.port,
    ends: new Date(one.not_after * 1000).toISOString(),
  }));

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function column<T extends Of>(
  id: string,
  label: string,
  type: CellType,
  width: string,
  text: (row: T) => string,
  key: (row: T) => SortKey = (row) => (text(row) ? natural(text(row)) : null),
): TableColumn<T> {
  const right = type === 'number' || type === 'port';
  return { id, label, type, width, text, key, right, standard: true };
}
const time = <T extends Of>(id: string, label: string, width = '92px') => {
  const text = (row: T) => String(row[id] ?? '');
  return column<T>(id, label, 'time', width, text, (row) => (text(row) ? instant(text(row)).getTime() : null));
};
const named = <T extends Of>() => column<T>('name', 'Name', 'name', 'minmax(180px,1.6fr)', (row) => row.name);
const ofKind = <T extends Of>(labelOf: (kind: string) => string): TableColumn<T> => {
  const kind = spoken<T>((row) => row.kind, labelOf);
  return { ...column<T>('kind', 'Kind', 'text', '132px', kind.text), ...kind };
};

export function watchColumns(labelOf: (kind: string) => string): TableColumn<WatchRow>[] {
  const latency = column<WatchRow>(
    'latency_ms',
    'Latency',
    'number',
    '92px',
    (row) => (row.latency_ms === null ? '' : String(row.latency_ms)),
    (row) => row.latency_ms,
  );
  const state = spoken<WatchRow>(
    (row) => row.state,
    (value) => WORD[value as Reach],
  );
  const method = spoken<WatchRow>((row) => (row.standing.alive ? row.standing.method : ''), byWhat);
  return [
    named(),
    { ...column<WatchRow>('health', 'State', 'state', '104px', state.text, (row) => RANK[row.state]), ...state },
    time('since', 'Since'),
    ofKind(labelOf),
    { ...column<WatchRow>('method', 'Answers by', 'text', '128px', method.text), ...method },
    { ...latency, unit: 'ms' },
    time('seen_at', 'Looked at'),
  ];
}

export function outageColumns(labelOf: (kind: string) => string): TableColumn<OutageRow>[] {
  const until = spoken<OutageRow>(
    (row) => row.until ?? 'lasts',
    (value) => (value === 'lasts' ? 'Still down' : exact(value)),
  );
  return [
    named(),
    ofKind(labelOf),
    column(
      'since',
      'From',
      'usage',
      '196px',
      (row) => exact(row.since),
      (row) => instant(row.since).getTime(),
    ),
    {
      ...column<OutageRow>('until', 'To', 'usage', '196px', until.text, (row) =>
        row.until ? instant(row.until).getTime() : Number.MAX_SAFE_INTEGER,
      ),
      ...until,
    },
    column(
      'length',
      'How long',
      'usage',
      '108px',
      (row) => duration(row.length),
      (row) => row.length,
    ),
  ];
}

export function certificateColumns(): TableColumn<CertificateRow>[] {
  return [
    named(),
    {
      ...column<CertificateRow>(
        'ends',
        'Ends',
        'state',
        '172px',
        (row) => row.one.words,
        (row) => row.one.not_after,
      ),
      // The words are other ones tomorrow.
      words: { of: (row) => row.one.status, text: (value) => LEVEL[value as Level] ?? value },
    },
    column('names', 'Speaks for', 'text', 'minmax(160px,1.4fr)', ({ one }) => one.names.join(', ') || one.subject),
    column(
      'port',
      'Port',
      'port',
      '72px',
      (row) => String(row.port),
      (row) => row.port,
    ),
    column('issuer', 'Issued by', 'text', 'minmax(140px,1fr)', ({ one }) => one.issuer),
  ];
}

/** The answer of the page in a few words. */
export function inShort(rows: readonly WatchRow[]): string {
  const of = (state: Reach) => rows.filter((row) => row.state === state).length;
  const unknown = of('unknown');
  const down = of('down');
  const words = down ? `${down} of ${rows.length} down` : `${of('up')} of ${rows.length} answer`;
  return unknown ? `${words}, ${unknown} not known` : words;
}
