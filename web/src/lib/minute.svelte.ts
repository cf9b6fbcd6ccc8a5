/** A clock that ticks every half minute, so that relative times stay true without a timer each. */
class Minute {
  now = $state(Date.now());
  constructor() {
    setInterval(() => (this.now = Date.now()), 30_000);
  }
}
export const minute = new Minute();
