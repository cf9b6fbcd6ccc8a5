/** Small router: lazy pages, preload on hover and focus, scroll restore, focus and announcement, a guard for unsaved work. */
import { tick, type Component } from 'svelte';

export interface RouteDef {
  path: string;
  title: string;
  load: () => Promise<{ default: Component }>;
}
interface Compiled extends RouteDef {
  pattern: RegExp;
  keys: string[];
}
export interface Match {
  route: RouteDef;
  params: Record<string, string>;
}

export function compile(route: RouteDef): Compiled {
  const keys: string[] = [];
  const source = route.path.replace(/:(\w+)/g, (_, key: string) => (keys.push(key), '([^/]+)'));
  return { ...route, pattern: new RegExp(`^${source}/?$`), keys };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function match(routes: Compiled[], path: string): Match | undefined {
  for (const route of routes) {
    const found = route.pattern.exec(path);
    if (found)
      return { route, params: Object.fromEntries(route.keys.map((key, i) => [key, decode(found[i + 1] ?? '')])) };
  }
}

/** Asked before leaving a page with unsaved work; answers whether to go. */
export type Guard = () => boolean | Promise<boolean>;

class Router {
  url = $state.raw(new URL(location.href));
  page = $state.raw<Component | null>(null);
  route = $state.raw<RouteDef | null>(null);
  params = $state.raw<Record<string, string>>({});
  pending = $state(false);
  failed = $state(false);
  announcement = $state('');
  guard: Guard | null = null;
  scroller: HTMLElement | null = null;
  #routes: Compiled[] = [];
  #scroll = new Map<string, number>();
  #key = '';
  #turn = 0;

  init(routes: RouteDef[]) {
    this.#routes = routes.map(compile);
    history.scrollRestoration = 'manual';
    addEventListener('popstate', (event) => void this.#back((event.state as { key?: string } | null)?.key ?? ''));
    document.addEventListener('click', (event) => this.#click(event));
    const preload = (event: Event) => this.#preload(event.target);
    document.addEventListener('pointerover', preload, { passive: true });
    document.addEventListener('focusin', preload);
    return this.#show(new URL(location.href), '', false);
  }

  /** Another for every page that one goes to or comes back to; what only changes the query is the same visit. */
  get visit(): string {
    return this.#key;
  }
  path = $derived(this.url.pathname);
  query = $derived(this.url.searchParams);

  async push(to: string): Promise<void> {
    if (!(await this.#mayLeave())) return;
    this.#remember();
    const key = Math.random().toString(36).slice(2);
    history.pushState({ key }, '', to);
    await this.#show(new URL(location.href), key, false);
  }

  /** Changes the query without leaving the page: filters, the open sheet, the selected tab. */
  patch(changes: Record<string, string | null>, mode: 'replace' | 'push' = 'replace') {
    const url = new URL(this.url);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) url.searchParams.delete(key);
      else url.searchParams.set(key, value);
    }
    this.setQuery(url.searchParams, mode);
  }

  setQuery(params: URLSearchParams, mode: 'replace' | 'push' = 'replace') {
    const url = new URL(this.url);
    url.search = params.toString();
    if (mode === 'push') history.pushState({ key: this.#key }, '', url);
    else history.replaceState(history.state, '', url);
    this.url = url;
  }

  async #mayLeave(): Promise<boolean> {
    if (!this.guard) return true;
    const go = await this.guard();
    if (go) this.guard = null;
    return go;
  }

  async #back(key: string) {
    const target = new URL(location.href);
    if (this.guard) {
      // The browser has moved already: stand still again, ask, then go.
      history.pushState({ key: this.#key }, '', this.url);
      if (!(await this.#mayLeave())) return;
      history.pushState({ key }, '', target);
    }
    this.#remember();
    await this.#show(target, key, true);
  }

  #click(event: MouseEvent) {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    const link = (event.target as Element).closest?.('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/')) return;
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    event.preventDefault();
    void this.push(link.pathname + link.search + link.hash);
  }

  #preload(target: EventTarget | null) {
    const link = target instanceof Element ? target.closest('a') : null;
    if (link && link.origin === location.origin)
      void match(this.#routes, link.pathname)
        ?.route.load()
        .catch(() => {});
  }

  #remember() {
    if (this.scroller) this.#scroll.set(this.#key, this.scroller.scrollTop);
  }

  async #show(url: URL, key: string, back: boolean) {
    const turn = ++this.#turn;
    const hit = match(this.#routes, url.pathname) ?? match(this.#routes, '/404')!;
    this.pending = true;
    this.failed = false;
    const loaded = await hit.route.load().catch(() => null);
    if (turn !== this.#turn) return;
    this.pending = false;
    if (!loaded) {
      this.failed = true;
      return;
    }
    const first = this.page === null;
    const same = this.route?.path === hit.route.path && JSON.stringify(this.params) === JSON.stringify(hit.params);
    Object.assign(this, { url, params: hit.params, route: hit.route, page: loaded.default });
    this.#key = key;
    this.setTitle(hit.route.title);
    await tick();
    if (this.scroller) this.scroller.scrollTop = back ? (this.#scroll.get(key) ?? 0) : 0;
    if (first || same) return;
    this.announcement = hit.route.title;
    document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
  }

  setTitle(title: string) {
    document.title = `${title} · labkeeper`;
  }
}

export const router = new Router();
