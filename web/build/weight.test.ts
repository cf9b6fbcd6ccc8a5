import { describe, expect, it } from 'vitest';

// @ts-expect-error run by node as it is, without types
import { closure, lazy, tooMuch } from './weight.mjs';

const manifest = {
  'index.html': { file: 'entry.js', css: ['app.css'], imports: ['_shared.js'], isEntry: true },
  '_shared.js': { file: 'shared.js', imports: ['index.html'] },
  'src/pages/Inventory.svelte': { file: 'list.js', imports: ['_shared.js'] },
  'src/app/Palette.svelte': { file: 'palette.js', name: 'Palette' },
};

describe('weight', () => {
  it('counts what an entry brings along once, circles included', () => {
    expect([...closure(manifest, 'index.html', 'src/pages/Inventory.svelte')].sort()).toEqual([
      'app.css',
      'entry.js',
      'list.js',
      'shared.js',
    ]);
  });

  it('refuses to weigh a page that the build does not have', () => {
    expect(() => closure(manifest, 'src/pages/Gone.svelte')).toThrow(/Gone/);
  });

  it('takes for lazy what comes neither with the entry nor with what it imports', () => {
    const names = lazy(manifest, closure(manifest, 'index.html')).map((one: { name: string }) => one.name);
    expect(names).toEqual(['src/pages/Inventory.svelte', 'Palette']);
  });

  it('names every part over its limit, and only those', () => {
    const parts = [
      { what: 'first load of Inventory', bytes: 90_001, limit: 90_000 },
      { what: 'Palette alone', bytes: 40_000, limit: 40_000 },
    ];
    expect(tooMuch(parts)).toEqual(['first load of Inventory: 90.0 kB, the budget is 90.0 kB']);
  });
});
