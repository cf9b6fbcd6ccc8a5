import { expect, it } from 'vitest';

import { best } from './language.ts';

it.each([
  ['de', ['en-GB'], 'de'],
  [null, ['de-AT', 'en'], 'de'],
  [null, ['fr', 'DE', 'en'], 'de'],
  [null, ['en-US', 'de'], 'en'],
  [null, ['fr'], 'en'],
  ['xx', ['de'], 'de'],
  ['constructor', ['fr'], 'en'],
])('chosen %s where the browser asks for %s: %s', (chosen, wanted, language) => {
  expect(best(chosen, wanted)).toBe(language);
});
