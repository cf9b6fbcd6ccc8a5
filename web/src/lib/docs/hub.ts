/** Writing documents to the hub. */
import { ApiError, request } from '../api/http.ts';
import type { Kind, Row } from '../api/types.ts';
import { stream } from '../live/stream.svelte.ts';
import type { Placing } from './placing.ts';
import type { Hub } from './saver.svelte.ts';

/** More than this a browser does not send for a page that is gone. */
const AFTERWARDS = 60_000;
const PATIENCE = 30_000;

/** `writer` has to be signed in when something is sent: nobody sends another's words. */
export const hubOf = (kind: Kind, writer: () => string, who = writer()): Hub => ({
  async put(id, changes, rev, leaving) {
    if (writer() !== who) throw new ApiError('Somebody else is signed in', 401, 'unauthorized');
    const keepalive = leaving && new Blob([JSON.stringify(changes)]).size < AFTERWARDS;
    // An answer that never comes would hold up every later save.
    const signal = AbortSignal.timeout(PATIENCE);
    const { body } = await request<{ data: Row }>('PUT', `/documents/${id}`, { body: changes, rev, keepalive, signal });
    stream.patcher.placed(kind, body.data);
    return body.data;
  },
});

/** All of them in one step, as one change that can be undone. */
async function writeAll(kind: Kind, update: { id: number; data: object; rev?: number }[]): Promise<string | null> {
  const { body, changeId } = await request<{ data: { updated: Row[] } }>('POST', '/bulk', {
    body: { update: update.map((one) => ({ type: kind.key, ...one })) },
  });
  for (const row of body.data.updated) stream.patcher.placed(kind, row);
  return changeId;
}

export async function place(kind: Kind, placings: readonly Placing[]): Promise<string | null> {
  const [one, ...more] = placings;
  if (!one || more.length) return writeAll(kind, [...placings]);
  const { body, changeId } = await request<{ data: Row }>('PATCH', `/documents/${one.id}/move`, { body: one.data });
  stream.patcher.placed(kind, body.data);
  return changeId;
}

/** Writes texts anew, each on the condition that nobody else did. */
export const rewrite = (kind: Kind, rows: { id: number; rev: number; content: string }[]) =>
  writeAll(
    kind,
    rows.map(({ id, rev, content }) => ({ id, rev, data: { content } })),
  );
