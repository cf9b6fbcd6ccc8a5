import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

const src = join(import.meta.dirname, '../src');
const read = (file: string) => readFileSync(join(src, file), 'utf8');

it('leaves out no class that a component wears', () => {
  const left = /@source not inline\('([^']+)'\)/.exec(read('app.css'))![1]!.split(' ');
  const components = readdirSync(src, { recursive: true }).map(String);
  const worn = components
    .filter((file) => file.endsWith('.svelte'))
    .flatMap((file) => [...read(file).matchAll(/class="([^"]*)"/g)].flatMap(([, text]) => text!.split(/[\s{}'`]+/)));
  expect(worn).toContain('truncate');
  expect(left.filter((name) => worn.includes(name))).toEqual([]);
});
