/** Lists that are no tables on their pages, as rows for a spreadsheet. */
import type { AuditRecord } from '../api/audit.ts';
import type { Change, Drift, ListOf } from '../api/types.ts';
import { get } from '../api/http.ts';
import { plain } from '../format.ts';
import { sheet } from './csv.ts';

const AT_ONCE = 200;

/** Every change, not only those that the page has shown so far. */
export async function everyChange(query: { actor: string; session: string }): Promise<Change[]> {
  const changes: Change[] = [];
  for (;;) {
    const before = changes.at(-1)?.id;
    const { data } = await get<ListOf<Change>>('/changes', { limit: AT_ONCE, before, ...query });
    changes.push(...data);
    if (data.length < AT_ONCE) return changes;
  }
}

/** One line for each value that a change set; a change of which no values are known has one for itself. */
export function changesSheet(changes: readonly Change[]): string {
  const head = ['Change', 'At (UTC)', 'Who', 'By', 'Operation', 'Summary', 'Item', 'Field', 'Before', 'After'];
  const rows = changes.flatMap((change) => {
    const own = [String(change.id), change.at, change.actor, change.via, change.op, change.summary];
    const values = change.diff.map((one) => [one.name ?? '', one.field, plain(one.before), plain(one.after)]);
    const items = change.items.map((item) => item.name).join(', ');
    return (values.length ? values : [[items, '', '', '']]).map((value) => [...own, ...value]);
  });
  return sheet(head, rows);
}

export const driftSheet = (drift: readonly Drift[]): string =>
  sheet(
    ['Kind', 'Item', 'Field', 'Noted', 'Observed', 'Source', 'Seen (UTC)', 'State'],
    drift.map((one) => [
      one.item.kind,
      one.item.name,
      one.field,
      plain(one.asserted),
      plain(one.observed),
      one.source,
      one.seen_at,
      one.state,
    ]),
  );

export const auditSheet = (records: readonly AuditRecord[]): string =>
  sheet(
    ['Record', 'At (UTC)', 'Phase', 'Operation', 'Who', 'By', 'Summary'],
    records.map((one) => [String(one.seq), one.at, one.phase, one.op, one.actor, one.via, JSON.stringify(one.summary)]),
  );
