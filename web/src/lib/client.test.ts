import { QueryObserver } from '@tanstack/svelte-query';
import { afterEach, expect, it, vi } from 'vitest';

import { client, refetchFailed } from './client.ts';

afterEach(() => client.clear());

it('trying again asks for every failed query on the page, and for nothing else', async () => {
  let there = false;
  const answer = () => vi.fn(async () => (there ? 'here' : Promise.reject(new Error('gone'))));
  const [first, second, elsewhere, whole] = [answer(), answer(), answer(), vi.fn(async () => 'here')];
  const watch = (name: string, queryFn: () => Promise<string>) =>
    new QueryObserver(client, { queryKey: [name], queryFn, retry: false }).subscribe(() => {});
  watch('first', first);
  watch('second', second);
  watch('whole', whole);
  await client.prefetchQuery({ queryKey: ['elsewhere'], queryFn: elsewhere, retry: false });
  await vi.waitFor(() => expect(client.getQueryState(['second'])?.status).toBe('error'));
  there = true;
  await refetchFailed();
  expect([first, second, elsewhere, whole].map((fn) => fn.mock.calls.length)).toEqual([2, 2, 1, 1]);
  expect(client.getQueryData(['first'])).toBe('here');
});
