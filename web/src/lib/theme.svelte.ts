/** Appearance of this browser: theme, density and single-key shortcuts. The only things (with columns) kept in localStorage. */
import { store, stored } from './stored.ts';

export type ThemeMode = 'light' | 'dark' | 'system';
export type Density = 'compact' | 'comfortable';

const systemDark = matchMedia('(prefers-color-scheme: dark)');
const phone = matchMedia('(max-width: 767px)');

class Appearance {
  mode = $state<ThemeMode>((stored('theme') as ThemeMode | null) ?? 'system');
  density = $state<Density>(stored('density') === 'comfortable' ? 'comfortable' : 'compact');
  singleKeys = $state(stored('single-keys') !== 'off');
  phone = $state(phone.matches);
  #system = $state(systemDark.matches);
  dark = $derived(this.mode === 'dark' || (this.mode === 'system' && this.#system));

  constructor() {
    phone.addEventListener('change', (event) => (this.phone = event.matches));
    systemDark.addEventListener('change', (event) => {
      this.#system = event.matches;
      this.#apply();
    });
  }

  setMode(mode: ThemeMode) {
    this.mode = mode;
    store('theme', mode === 'system' ? null : mode);
    this.#apply();
  }
  toggle() {
    this.setMode(this.dark ? 'light' : 'dark');
  }
  setDensity(density: Density) {
    this.density = density;
    store('density', density);
  }
  setSingleKeys(on: boolean) {
    this.singleKeys = on;
    store('single-keys', on ? null : 'off');
  }
  #apply() {
    document.documentElement.classList.toggle('dark', this.dark);
  }
}

export const appearance = new Appearance();
