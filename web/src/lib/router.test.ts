import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { compile, match, router } from './router.svelte.ts';

const page = (name: string) => Object.assign(() => {}, { pageName: name });
const route = (path: string) => ({ path, title: path, load: async () => ({ default: page(path) as never }) });
const shown = () => (router.page as unknown as { pageName: string } | null)?.pageName;

describe('matching', () => {
  const routes = ['/', '/inventory', '/inventory/:kind', '/items/:id'].map((path) => compile(route(path)));
  it.each([
    ['/', '/', {}],
    ['/inventory', '/inventory', {}],
    ['/inventory/', '/inventory', {}],
    ['/inventory/vms', '/inventory/:kind', { kind: 'vms' }],
    ['/items/a%2Fb', '/items/:id', { id: 'a/b' }],
    ['/items/%E0%A4%A', '/items/:id', { id: '%E0%A4%A' }],
  ])('%s is %s', (path, pattern, params) => {
    expect(match(routes, path)).toMatchObject({ route: { path: pattern }, params });
  });
  it('leaves unknown addresses to the caller', () => {
    expect(match(routes, '/inventory/vms/more')).toBeUndefined();
  });
});

describe('moving', () => {
  beforeAll(async () => {
    history.replaceState(null, '', '/');
    await router.init(['/', '/a', '/b/:id', '/404'].map(route));
  });
  beforeEach(async () => {
    router.guard = null;
    await router.push('/');
  });

  it('shows the page of the address and its parameters', async () => {
    await router.push('/b/7');
    expect([shown(), router.params.id]).toEqual(['/b/:id', '7']);
  });

  it('shows what is not there as the 404 page, at its own address', async () => {
    await router.push('/nowhere');
    expect([shown(), location.pathname]).toEqual(['/404', '/nowhere']);
  });

  it('stays where a guard says no, and goes where it says yes', async () => {
    router.guard = vi.fn(async () => false);
    await router.push('/a');
    expect([shown(), location.pathname]).toEqual(['/', '/']);
    router.guard = async () => true;
    await router.push('/a');
    expect([shown(), router.guard]).toEqual(['/a', null]);
  });

  it('changes the query in place and keeps the page', async () => {
    await router.push('/a?x=1');
    router.patch({ x: null, tag: 'prod & more' });
    expect(location.search).toBe('?tag=prod+%26+more');
    expect([shown(), router.query.get('tag')]).toEqual(['/a', 'prod & more']);
  });
});
