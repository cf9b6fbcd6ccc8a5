/** What a filter matches, to take along. The log as it is written is given by `labkeeper audit export`. */
import { auditPage, type AuditFilter, type AuditRecord } from '../api/audit.ts';

const AT_ONCE = 200;

export async function everyRecord(filter: AuditFilter, watch: (records: number) => void): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for (;;) {
    const { data }: { data: AuditRecord[] } = await auditPage(filter, records.at(-1)?.seq ?? null, AT_ONCE);
    records.push(...data);
    watch(records.length);
    if (data.length < AT_ONCE) return records;
  }
}

export const jsonLines = (records: readonly AuditRecord[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
