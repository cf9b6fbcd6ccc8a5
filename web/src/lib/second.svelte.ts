/** A clock that ticks every second, as long as something on the page reads it. */
import { createSubscriber } from 'svelte/reactivity';

class Second {
  #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, 1_000);
    return () => clearInterval(timer);
  });

  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const second = new Second();
