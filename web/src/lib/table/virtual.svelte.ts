/** Windowing for rows of one height in one scroll container: constant work per scroll event, whatever the row count. */
export class VirtualRows {
  top = $state(0);
  height = $state(600);
  count = $state(0);
  row = $state(36);
  readonly overscan = 8;
  /**
   * How many rows are drawn, always as many: a row is known by its index modulo this, so one that leaves at the top
   * is the one that enters at the bottom, and scrolling builds nothing.
   */
  pool = $derived(Math.ceil(this.height / this.row) + 2 * this.overscan);
  start = $derived(Math.max(0, Math.min(Math.floor(this.top / this.row) - this.overscan, this.count - this.pool)));
  end = $derived(Math.min(this.count, this.start + this.pool));
  /** All rows together, in pixels. */
  total = $derived(this.count * this.row);
  /**
   * The row that each place of the pool shows now. Places stand still in the document and are moved by transform,
   * so that scrolling neither builds nor reorders anything.
   */
  indices = $derived.by(() => {
    const length = this.end - this.start;
    const turn = length < this.pool ? 0 : this.start % this.pool;
    return Array.from({ length }, (_, place) => this.start + ((place - turn + length) % length));
  });
  el: HTMLElement | null = null;

  attach = (el: HTMLElement) => {
    this.el = el;
    const scrolled = () => (this.top = el.scrollTop);
    const resized = new ResizeObserver(() => (this.height = el.clientHeight || this.height));
    el.addEventListener('scroll', scrolled, { passive: true });
    resized.observe(el);
    this.height = el.clientHeight || this.height;
    return () => {
      el.removeEventListener('scroll', scrolled);
      resized.disconnect();
      this.el = null;
    };
  };

  /** Scrolls just far enough to show row `index`; `header` pixels at the top are covered. */
  reveal(index: number, header = 0) {
    const el = this.el;
    if (!el) return;
    const y = index * this.row;
    if (y < el.scrollTop) el.scrollTop = y;
    else if (y + this.row + header > el.scrollTop + el.clientHeight)
      el.scrollTop = y + this.row + header - el.clientHeight;
  }

  toTop() {
    if (this.el) this.el.scrollTop = 0;
    this.top = 0;
  }
}
