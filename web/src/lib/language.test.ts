import { expect, it } from 'vitest';

import { best, regional } from './language.ts';

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

it.each([
  ['en', ['fr', 'en-GB', 'en-US'], 'en-GB'],
  ['en', ['en-US@posix'], 'en-US'],
  ['de', ['de_AT.UTF-8'], 'de-AT'],
  ['en', ['en-!', 'en-IE'], 'en-IE'],
  ['de', ['en'], 'de'],
] as const)('%s where the browser asks for %s is written as in %s', (language, wanted, locale) => {
  expect(regional(language, wanted)).toBe(locale);
  expect(new Intl.NumberFormat(regional(language, wanted)).format(1)).toBe('1');
});
