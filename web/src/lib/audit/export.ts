/** What a filter matches, as JSON lines to take along. The log as it is written is given by `labkeeper audit export`. */
import { auditPage, type AuditFilter, type AuditRecord } from '../api/audit.ts';

const AT_ONCE = 200;

export async function jsonLines(filter: AuditFilter, watch: (records: number) => void): Promise<string> {
  const lines: string[] = [];
  let before: number | null = null;
  for (;;) {
    const { data }: { data: AuditRecord[] } = await auditPage(filter, before, AT_ONCE);
    lines.push(...data.map((record) => `${JSON.stringify(record)}\n`));
    watch(lines.length);
    if (data.length < AT_ONCE) return lines.join('');
    before = data.at(-1)!.seq;
  }
}
