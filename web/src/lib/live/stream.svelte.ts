/** The event stream: connects, replays what was missed, tells how fresh the page is. */
import type { LiveEvent } from '../api/types.ts';
import { client } from '../client.ts';
import { CachePatcher } from './cache.ts';

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'offline';
const TYPES = [
  'item',
  'link',
  'layout',
  'change',
  'drift',
  'import',
  'search',
  'token',
  'approval',
  'file',
  'reach',
  'scan',
  'seen',
  'view',
];
/** A browser retries by itself; after this long without success the page says that it is old. */
const STALE_AFTER = 8_000;
const RETRY = 5_000;

export class Stream {
  state = $state<Connection>('connecting');
  /** When the connection was lost; what is shown is from then. */
  since = $state<number | null>(null);
  readonly patcher = new CachePatcher(client);
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #seq = 0;

  open() {
    this.#source?.close();
    const source = new EventSource(this.#seq ? `/api/events?last_event_id=${this.#seq}` : '/api/events');
    this.#source = source;
    source.addEventListener('hello', (event) => this.#greeted(event as MessageEvent<string>));
    source.onopen = () => this.#connected();
    source.onerror = () => this.#lost(source);
    for (const type of TYPES) source.addEventListener(type, (event) => this.#take(type, event as MessageEvent<string>));
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#source?.close();
    this.#source = null;
  }

  /** The hub says where the stream stands; what it cannot replay any more has to be read again. */
  #greeted(event: MessageEvent<string>) {
    const { seq, missed } = JSON.parse(event.data) as { seq?: number; missed?: boolean };
    this.#connected();
    this.#seq = seq ?? 0;
    if (missed) void client.invalidateQueries();
  }

  #connected() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const missed = this.since !== null && Date.now() - this.since > STALE_AFTER;
    this.state = 'live';
    this.since = null;
    if (missed) void client.invalidateQueries();
  }

  /** The browser tells of every vain attempt; between two of them nothing but time passes, so the clock is asked too. */
  #lost(source: EventSource) {
    if (source !== this.#source) return;
    this.since ??= Date.now();
    this.state = Date.now() - this.since >= STALE_AFTER ? 'offline' : 'reconnecting';
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // A refused stream (401, a proxy without its hub) is closed for good by the browser: open a new one.
      if (source.readyState === EventSource.CLOSED) this.open();
      else this.#lost(source);
    }, RETRY);
  }

  #take(type: string, event: MessageEvent<string>) {
    const data = JSON.parse(event.data) as LiveEvent;
    if (data.seq) this.#seq = data.seq;
    this.patcher.take({ ...data, type: data.type ?? type });
  }
}

export const stream = new Stream();
