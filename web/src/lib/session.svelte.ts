/** Who is signed in, as far as the page has to know. The credential itself lives in an HttpOnly cookie. */
import { get, onUnauthorized, request } from './api/http.ts';
import type { Config, Role, User } from './api/types.ts';
import { client } from './client.ts';
import { stream } from './live/stream.svelte.ts';

const RANK: Record<Role, number> = { viewer: 0, editor: 1, operator: 2, admin: 3 };

class Session {
  config = $state.raw<Config | null>(null);
  user = $state.raw<User | null>(null);
  /** The server refused us while a page was open: sign-in comes over the page, and the work under it stays. */
  expired = $state(false);
  failed = $state<string | null>(null);

  constructor() {
    onUnauthorized.call = () => {
      if (this.phase !== 'in' || this.expired) return;
      this.expired = true;
      void this.#refresh();
    };
  }

  phase = $derived.by<'starting' | 'setup' | 'login' | 'in'>(() => {
    if (!this.config) return 'starting';
    if (this.expired) return 'in';
    if (this.config.setup_required) return 'setup';
    return this.config.requiresAuth && !this.user ? 'login' : 'in';
  });

  /** Whoever sits at this machine may do everything: no account and no token exists. */
  open = $derived(this.config !== null && !this.config.requiresAuth);

  /** Without accounts (loopback, no credential) the person at the keyboard may do everything. */
  can(role: Role): boolean {
    if (!this.config?.requiresAuth) return true;
    return !!this.user && RANK[this.user.role] >= RANK[role];
  }

  async load() {
    try {
      const config = await get<Config>('/config');
      this.user = config.requiresAuth && config.user ? ((await this.#me()) ?? config.user) : null;
      this.config = config;
      this.failed = null;
    } catch (error) {
      this.failed = error instanceof Error ? error.message : String(error);
    }
  }

  /** Which ways in there are may have changed with what closed the door. */
  async #refresh() {
    const config = await get<Config>('/config').catch(() => null);
    if (config) this.config = { ...config, setup_required: false };
  }

  async #me(): Promise<User | null> {
    try {
      return (await get<{ data: User }>('/auth/me')).data;
    } catch {
      return null;
    }
  }

  async login(body: { name: string; password: string } | { token: string }) {
    const answer = await request<{ data: User }>('POST', '/auth/login', { body });
    await this.#entered({ ...answer.body.data, via: 'token' in body ? 'token' : 'password' });
  }

  async setUp(body: { code: string; name: string; password: string }) {
    await request('POST', '/auth/setup', { body });
    if (this.config) this.config = { ...this.config, setup_required: false, requiresAuth: true };
    const me = await this.#me();
    if (me) await this.#entered(me);
    else await this.login({ name: body.name, password: body.password });
  }

  async #entered(user: User) {
    this.user = user;
    if (this.config && !this.config.requiresAuth) this.config = { ...this.config, requiresAuth: true };
    this.expired = false;
    if (stream.state !== 'live') stream.open();
    await client.invalidateQueries();
  }

  async logout() {
    await request('POST', '/auth/logout').catch(() => {});
    this.user = null;
    client.clear();
    await this.load();
  }
}

export const session = new Session();
