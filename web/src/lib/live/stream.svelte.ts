/** The event stream: connects, replays what was missed, tells how fresh the page is. */
import type { LiveEvent } from '../api/types.ts';
import { client } from '../client.ts';
import { CachePatcher } from './cache.ts';

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'offline';
const TYPES = ['item', 'link', 'layout', 'change', 'drift', 'import', 'search', 'token'];
/** A browser retries by itself; after this long without success the page says that it is old. */
const STALE_AFTER = 8_000;
const RETRY = 5_000;

class Stream {
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
    source.addEventListener('hello', () => this.#connected());
    source.onopen = () => this.#connected();
    source.onerror = () => this.#lost(source);
    for (const type of TYPES) source.addEventListener(type, (event) => this.#take(type, event as MessageEvent<string>));
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #connected() {
    clearTimeout(this.#timer);
    const missed = this.since !== null && Date.now() - this.since > STALE_AFTER;
    this.state = 'live';
    this.since = null;
    if (missed) void client.invalidateQueries();
  }

  #lost(source: EventSource) {
    if (source !== this.#source) return;
    this.since ??= Date.now();
    if (this.state !== 'offline') this.state = 'reconnecting';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.since !== null && Date.now() - this.since >= STALE_AFTER) this.state = 'offline';
      // A refused stream (401, restart behind a proxy) is closed for good by the browser: open a new one.
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
