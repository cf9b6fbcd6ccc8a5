import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Guest } from '../api/proxmox.ts';
import { confirm } from '../confirm.svelte.ts';
import { power, verbsFor } from './power.svelte.ts';

const toast = vi.hoisted(() => Object.assign(vi.fn(), { error: vi.fn() }));
vi.mock('svelte-sonner', () => ({ toast }));

const guest = { vmid: 101, name: 'dns', cluster: 'home', status: 'running', template: false } as Guest;
const PLAN = { summary: 'switch CT 101 (dns) on pve2 off at once', reasons: ['what it has not written yet is lost'] };
let asked: { path: string; body: Record<string, unknown> }[];
/** What the hub answers to the act itself. */
let act: () => Response | Promise<Response>;
let verdict: 'allow' | 'confirm';

beforeEach(() => {
  asked = [];
  verdict = 'confirm';
  act = () => Response.json({ already: false, status: 'stopped' });
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const body = JSON.parse(init.body as string) as Record<string, unknown>;
    asked.push({ path, body });
    return body.dry_run ? Response.json({ plan: { ...PLAN, verdict } }) : act();
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

const question = () => vi.waitFor(() => confirm.question ?? Promise.reject(new Error('nothing is asked')));

describe('stopping a guest', () => {
  it('asks with the words of the plan, and does it on yes', async () => {
    const acted = power.act(guest, 'stop');
    const { title, text, answer } = await question();
    expect(title).toBe('Stop dns?');
    expect(text).toBe('Switch CT 101 (dns) on pve2 off at once. What it has not written yet is lost.');
    expect(asked).toHaveLength(1);
    answer(true);
    await acted;
    expect(asked[1]).toEqual({ path: '/api/proxmox/guests/101/stop', body: { cluster: 'home', confirm: true } });
    await vi.waitFor(() => expect(toast).toHaveBeenCalledWith('Stopped dns', expect.anything()));
  });
  it('does nothing when the person declines', async () => {
    const acted = power.act(guest, 'stop');
    (await question()).answer(false);
    await acted;
    expect(asked.map(({ body }) => body)).toEqual([{ cluster: 'home', dry_run: true }]);
    expect(toast).not.toHaveBeenCalled();
  });
  it('shows that it is under way until it is over, also when it fails', async () => {
    let end = (_: Response) => {};
    act = () => new Promise((resolve) => (end = resolve));
    const acted = power.act(guest, 'stop');
    (await question()).answer(true);
    await vi.waitFor(() => expect(power.of(guest)).toBe('stop'));
    end(Response.json({ error: 'the guest is locked', code: 'conflict' }, { status: 409 }));
    await acted;
    expect(power.of(guest)).toBeUndefined();
    await vi.waitFor(() => expect(toast.error).toHaveBeenCalled());
    expect(toast.error.mock.calls[0]![1].description).toContain('The guest is locked.');
  });
});

describe('when the connection breaks', () => {
  const broken = () => Promise.reject(new TypeError('Failed to fetch'));
  const said = async () => {
    await vi.waitFor(() => expect(toast.error).toHaveBeenCalledTimes(1));
    const [title, { description }] = toast.error.mock.calls[0]!;
    return { title, description };
  };
  it('during the act, nobody claims that it was done or was not', async () => {
    act = broken;
    verdict = 'allow';
    await power.act(guest, 'start');
    expect(await said()).toEqual({
      title: 'dns: start got no answer',
      description: 'The server cannot be reached. Whether it was done is not known. Look before doing it again.',
    });
  });
  it('before the act, there is nothing to look for', async () => {
    vi.stubGlobal('fetch', broken);
    await power.act(guest, 'start');
    expect(await said()).toEqual({
      title: 'dns: start failed',
      description: 'The server cannot be reached. Check that labkeeper runs.',
    });
  });
});

it('starting one asks nothing where the plan allows it, and says when it ran already', async () => {
  verdict = 'allow';
  act = () => Response.json({ already: true, status: 'running' });
  await power.act(guest, 'start');
  expect(asked[1]!.body.confirm).toBe(false);
  await vi.waitFor(() =>
    expect(toast).toHaveBeenCalledWith('Started dns', expect.objectContaining({ description: 'It ran already.' })),
  );
});

it('only what makes sense is offered', () => {
  const verbs = (more: Partial<Guest>) => verbsFor({ ...guest, ...more });
  expect(verbs({})).toEqual(['restart', 'stop']);
  expect(verbs({ status: 'stopped' })).toEqual(['start']);
  expect(verbs({ status: 'unknown' })).toEqual([]);
  expect(verbs({ status: 'stopped', template: true })).toEqual([]);
});
