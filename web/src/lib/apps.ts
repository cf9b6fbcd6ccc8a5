/** Where an app is opened in a browser. */
import type { Row } from './api/types.ts';

/** Ports behind which is no page: shells, files, mail, names, databases, queues. */
const NO_PAGES = new Set([
  ...[21, 22, 23, 25, 53, 110, 123, 143, 161, 389, 445, 465, 514, 587, 636, 853, 873, 989, 990, 993, 995],
  ...[1433, 1521, 1883, 2049, 3306, 3389, 5060, 5432, 5672, 5900, 6379, 8883, 9042, 11211, 27017, 51820],
]);

/** As people note it: perhaps with a scheme before it, a port or a path after it. */
const NOTED = /^(?:(https?):\/\/)?([^/?#]*)(.*)$/is;

/** Null where no address is noted, or nothing that a browser shows is there. */
export function webAddress(row: Row): string | null {
  const noted = String(row.external_hostname || row.ip_address || row.hostname || '').trim();
  const port = typeof row.port === 'number' && !row.external_hostname ? row.port : null;
  if (!noted || (port !== null && NO_PAGES.has(port))) return null;
  const [, said, host = '', path = ''] = NOTED.exec(noted) ?? [];
  const scheme = said?.toLowerCase() ?? (row.https ? 'https' : 'http');
  const six = /^[^[]*:[^[]*:/.test(host);
  const own = !six && /:\d+$/.test(host);
  const href = `${scheme}://${six ? `[${host}]` : host}${port === null || own ? '' : `:${port}`}${path}`;
  return URL.canParse(href) ? href : null;
}
