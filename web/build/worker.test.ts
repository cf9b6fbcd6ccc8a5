import { expect, it } from 'vitest';

import { shell, type Built } from './worker.ts';

const chunk = (fileName: string, more: Partial<Built> = {}): Built => ({ fileName, type: 'chunk', ...more });
const css = (...names: string[]) => ({ importedCss: new Set(names), importedAssets: new Set<string>() });
const bundle = (...files: Built[]) => Object.fromEntries(files.map((file) => [file.fileName, file]));

it('the shell is the entry, the page of an absent hub, and what both stand on', () => {
  const built = bundle(
    chunk('assets/index-1.js', {
      isEntry: true,
      imports: ['assets/shared-2.js'],
      viteMetadata: css('assets/index-3.css'),
    }),
    chunk('assets/shared-2.js', { imports: ['assets/index-1.js'] }),
    chunk('assets/Away-4.js', { name: 'Away', imports: ['assets/shared-2.js'] }),
    chunk('assets/Map-5.js', { name: 'Map' }),
    chunk('assets/words.first.de.compiled-8.js'),
    chunk('assets/words.rest.de.compiled-9.js'),
    { fileName: 'assets/geist-latin-wght-normal-6.woff2', type: 'asset' },
    { fileName: 'assets/geist-latin-ext-wght-normal-7.woff2', type: 'asset' },
  );
  expect(shell(built)).toEqual({
    entry: '/assets/index-1.js',
    files: [
      '/assets/Away-4.js',
      '/assets/geist-latin-wght-normal-6.woff2',
      '/assets/index-1.js',
      '/assets/index-3.css',
      '/assets/shared-2.js',
      '/assets/words.first.de.compiled-8.js',
    ],
  });
});

it('a build without an entry is no build', () => {
  expect(() => shell({})).toThrow('no entry');
});
