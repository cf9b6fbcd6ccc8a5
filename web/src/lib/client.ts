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
