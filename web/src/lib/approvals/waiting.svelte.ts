/** The calls that wait just now, for whoever shows them or their number. Call while a component is set up. */
import { createQuery } from '@tanstack/svelte-query';

import { waitingQuery, type Approval } from '../api/approvals.ts';
import { minute } from '../minute.svelte.ts';
import { stateAt } from './time.ts';

export interface Waiting {
  readonly list: Approval[];
  readonly loaded: boolean;
  readonly error: unknown;
}

export function useWaiting(): Waiting {
  const query = createQuery(waitingQuery);
  const asked = $derived(query.data ?? []);
  const list = $derived(asked.filter((one) => stateAt(one, minute.now) === 'pending'));
  return {
    get list() {
      return list;
    },
    get loaded() {
      return query.data !== undefined;
    },
    get error() {
      return query.data === undefined && query.isError ? query.error : null;
    },
  };
}
