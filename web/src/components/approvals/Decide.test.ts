import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { Approval } from '../../lib/api/approvals.ts';
import { session } from '../../lib/session.svelte.ts';
import Decide from './Decide.svelte';

const APPROVAL = { id: 7, digest: 'd7', state: 'pending' } as Approval;
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });
let asked: [string, unknown][];

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal('fetch', async (address: string, { body }: { body: string }) => {
    asked.push([address, JSON.parse(body)]);
    return Response.json({ data: { ...APPROVAL, state: 'done' } });
  });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  Object.assign(session, { config: null, user: null });
});

it('a yes cannot be given before there was time to read, a no can', async () => {
  render(Decide, { approval: APPROVAL, about: 'title' });
  expect(screen.getAllByRole('button').map((one) => one.textContent)).toEqual(['Deny', 'Approve']);
  expect([button('Deny').disabled, button('Approve').disabled]).toEqual([false, true]);
  await vi.advanceTimersByTimeAsync(990);
  expect(button('Approve').disabled).toBe(true);
  await vi.advanceTimersByTimeAsync(20);
  button('Approve').click();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([['/api/approvals/7/approve', { digest: 'd7' }]]);
});

it('no has the focus when the call is opened by itself', async () => {
  render(Decide, { approval: APPROVAL, about: 'title', focus: true });
  await vi.advanceTimersByTimeAsync(50);
  expect(document.activeElement?.textContent).toBe('Deny');
});

it('whoever may only look is told who decides, and has no button', () => {
  const user = { name: 'guest', role: 'viewer' as const };
  Object.assign(session, { config: { requiresAuth: true, version: '1' }, user });
  render(Decide, { approval: APPROVAL, about: 'title' });
  expect(screen.queryAllByRole('button')).toEqual([]);
  screen.getByText(/Ask an administrator/);
});

it('an editor says no, and a yes is for somebody else', () => {
  const user = { name: 'eve', role: 'editor' as const };
  Object.assign(session, { config: { requiresAuth: true, version: '1' }, user });
  render(Decide, { approval: APPROVAL, about: 'title' });
  expect(screen.getAllByRole('button').map((one) => one.textContent)).toEqual(['Deny']);
});
