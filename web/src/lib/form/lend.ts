/** Where something that is added is reached: what serves from another thing has its name and address, until it is said otherwise. */
import type { QueryClient } from '@tanstack/svelte-query';

import { itemQuery } from '../api/queries.ts';
import { plain } from '../format.ts';

export interface Place {
  hostname: string;
  address: string;
}

/** These answer under the address of what they stand on; a guest has its own. */
const LENT = new Set(['apps', 'shares']);
export const isLent = (kind: string) => LENT.has(kind);

/** Place of an item, or of the nearest below it that has one: a pool answers where its machine does. */
export async function placeOf(client: QueryClient, id: number, depth = 4): Promise<Place | null> {
  const { row, parents } = await client.ensureQueryData(itemQuery(id));
  const place = { hostname: plain(row.hostname), address: plain(row.ip_address ?? row.ip) };
  if (place.hostname || place.address) return place;
  return parents[0] && depth ? placeOf(client, parents[0].id, depth - 1) : null;
}
