/** The one query cache of the app. Retries are short: on a home network a failure is a fact, not a blip. */
import { QueryClient } from '@tanstack/svelte-query';

import { isApiError } from './api/http.ts';

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 1 && !(isApiError(error) && error.status >= 400 && error.status < 500),
      retryDelay: 400,
    },
  },
});

/** Asks again for whatever the page is missing: one failure seldom comes alone, and half of the answers show nothing. */
export const refetchFailed = () =>
  client.refetchQueries({ type: 'active', predicate: (query) => query.state.status === 'error' });

interface Asked {
  data: unknown;
  isError: boolean;
  error: unknown;
}

/**
 * The first of these queries without which a page cannot be shown and that failed. `data` is looked at first: a query tells
 * its page only of what the page has looked at, and one that has looked at `isError` alone never hears of the data.
 */
export const missing = (...queries: Asked[]): Asked | undefined =>
  queries.find((query) => query.data === undefined && query.isError);
