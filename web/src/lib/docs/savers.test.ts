import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Kind, Row } from '../api/types.ts';
import { session } from '../session.svelte.ts';
import { drafts } from './own.ts';
import { discard, forgetSaver, holdSaver, leaveSaver, openSaver, sendWaiting } from './savers.ts';

const kind = { key: 'documents', fields: [], name_field: 'title' } as unknown as Kind;
const row = { id: 7, rev: 1, title: 'Plan', content: 'begun' } as unknown as Row;
let puts: { content: string }[];
let answer: () => void;
let answered: Promise<void>;

beforeEach(() => {
  localStorage.clear();
  puts = [];
  answered = new Promise((resolve) => (answer = resolve));
  session.user = { name: 'anna', role: 'editor' };
  vi.stubGlobal('fetch', async (_address: string, { body }: { body: string }) => {
    const sent = JSON.parse(body) as { content: string };
    puts.push(sent);
    await answered;
    return Response.json({ data: { ...row, ...sent, rev: row.rev + puts.length } });
  });
});
afterEach(() => vi.unstubAllGlobals());

describe('the savers of the open pages', () => {
  it('send what is left of a page, and are then forgotten', async () => {
    const saver = openSaver(kind, row);
    saver.write({ content: 'left' });
    const left = leaveSaver(saver);
    answer();
    await left;
    expect(puts).toEqual([{ content: 'left' }]);
    expect(openSaver(kind, row)).not.toBe(saver);
  });
  it('go on for whoever is back before everything is sent', async () => {
    const saver = openSaver(kind, row);
    saver.write({ content: 'left' });
    const left = leaveSaver(saver);
    expect(openSaver(kind, row)).toBe(saver);
    answer();
    await left;
    saver.write({ content: 'left, and back' });
    await saver.flush();
    expect(puts.at(-1)).toEqual({ content: 'left, and back' });
    forgetSaver(saver);
  });
  it('take what comes after the page was left', async () => {
    answer();
    const saver = openSaver(kind, row);
    holdSaver(saver);
    await leaveSaver(saver);
    saver.write({ content: 'a picture' });
    await leaveSaver(saver);
    expect(puts).toEqual([{ content: 'a picture' }]);
    expect(openSaver(kind, row)).not.toBe(saver);
  });
  it('wait when an answer never comes', async () => {
    const late = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
    vi.stubGlobal(
      'fetch',
      (_address: string, { signal }: { signal: AbortSignal }) =>
        new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason as Error))),
    );
    const saver = openSaver(kind, row);
    saver.write({ content: 'hangs' });
    const sent = saver.flush();
    late.abort(new DOMException('', 'TimeoutError'));
    await sent;
    vi.restoreAllMocks();
    expect([saver.state, saver.dirty]).toEqual(['waiting', true]);
    forgetSaver(saver);
  });
  it('let go of words that are discarded', () => {
    const saver = openSaver(kind, row);
    saver.write({ content: 'unwanted' });
    discard(drafts.all()[0]!);
    expect([drafts.all(), openSaver(kind, row) === saver]).toEqual([[], false]);
  });
  it('send nothing in the name of somebody else', async () => {
    answer();
    const saver = openSaver(kind, row);
    session.user = { name: 'ben', role: 'editor' };
    saver.write({ content: 'of anna' });
    await saver.flush();
    expect(openSaver(kind, row)).not.toBe(saver);
    expect([puts, saver.state]).toEqual([[], 'waiting']);
    session.user = { name: 'anna', role: 'editor' };
    sendWaiting();
    await vi.waitFor(() => expect(puts).toEqual([{ content: 'of anna' }]));
    forgetSaver(saver);
  });
});
