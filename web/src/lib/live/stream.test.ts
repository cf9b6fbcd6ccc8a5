import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Stream } from './stream.svelte.ts';

/** A stream that the test drives. */
class Source extends EventTarget {
  static readonly CLOSED = 2;
  static all: Source[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
    Source.all.push(this);
  }
  close() {
    this.readyState = Source.CLOSED;
  }
  say(type: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

let stream: Stream;
const source = () => Source.all.at(-1)!;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Source);
  Source.all = [];
  stream = new Stream();
  stream.open();
});
afterEach(() => {
  stream.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the connection', () => {
  it('is live once the hub greets', () => {
    expect(stream.state).toBe('connecting');
    source().say('hello', { seq: 7 });
    expect([stream.state, stream.since]).toEqual(['live', null]);
  });
  it('says that the page is old, however often the browser tries in between', () => {
    source().say('hello', { seq: 7 });
    source().onerror!();
    expect(stream.state).toBe('reconnecting');
    for (let tries = 0; tries < 3; tries += 1) {
      vi.advanceTimersByTime(3000);
      source().onerror!();
    }
    expect(stream.state).toBe('offline');
    source().say('hello', { seq: 9 });
    expect([stream.state, stream.since]).toEqual(['live', null]);
  });
  it('opens a new stream where it left off when the browser has given up', () => {
    source().say('hello', { seq: 7 });
    source().close();
    source().onerror!();
    vi.advanceTimersByTime(5000);
    expect(Source.all).toHaveLength(2);
    expect(source().url).toBe('/api/events?last_event_id=7');
  });
});
