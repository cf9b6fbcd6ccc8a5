/** What a person makes of the proposals before they are imported. */
import type { HostInput, ReviewedHost } from '../api/discovery.ts';
import type { Kind } from '../api/types.ts';
import { plural } from '../format.ts';

/** What was edited of one host; the rest is as proposed. */
export interface Edit {
  taken?: boolean;
  name?: string;
  kind?: string;
}

/** Its name alone does not prove that a host is an item: nothing is noted on it. */
export const isNotable = (host: ReviewedHost) => !!host.known && host.known.by !== 'name';
export const isNew = (host: ReviewedHost) => !host.known && !host.problem;

/** Whether a host goes in: as somebody said, else what was chosen in the table, else whatever is new. */
export function isTaken(host: ReviewedHost, edit: Edit | undefined, picked: ReadonlySet<string> | null): boolean {
  if (host.known && !isNotable(host)) return false;
  // What cannot be imported as it is may be mended by a name or another kind.
  if (host.problem) return edit?.taken ?? false;
  return edit?.taken ?? (picked ? picked.has(host.found.ip) : isNew(host));
}

/** A host filed as an app is opened in a browser: its page goes along. */
function page(host: ReviewedHost): Pick<HostInput, 'port' | 'https'> {
  if (!host.found.url) return {};
  const url = new URL(host.found.url);
  const https = url.protocol === 'https:';
  return { port: Number(url.port) || (https ? 443 : 80), https };
}

export function input(host: ReviewedHost, edit: Edit | undefined): HostInput {
  const { proposal } = host;
  const type = edit?.kind ?? proposal.type;
  const more = type === 'apps' && proposal.type !== 'apps' ? page(host) : {};
  return { ...proposal, type, ...(edit?.name?.trim() ? { name: edit.name.trim() } : {}), ...more };
}

/** What a host may be filed under. */
export const hostKinds = (kinds: readonly Kind[]) =>
  kinds.filter(({ key }) => key !== 'documents' && key !== 'networks');

/** "Import 3 new hosts", "Note 2 known hosts", "Import 3 new and note 2 known hosts" */
export function verb(fresh: number, known: number): string {
  if (!known) return `Import ${plural(fresh, 'new host')}`;
  if (!fresh) return `Note ${plural(known, 'known host')}`;
  return `Import ${fresh} new and note ${plural(known, 'known host')}`;
}
