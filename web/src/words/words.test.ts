import { describe, expect, it } from 'vitest';

import { read, words } from './words.ts';

const german = words({
  c: ['Löschen', [0, ' löschen?'], ['Eintrag', 'Einträge'], ['noch ', [0, 'jetzt', 1], '.']],
  p: (count) => (count === 1 ? 0 : 1),
});

describe('texts', () => {
  it('are whole, or have values in them', () => {
    expect([german(0), german(1, ['pve1'])]).toEqual(['Löschen', 'pve1 löschen?']);
  });
  it('know the forms of a plural', () => {
    const form = german.p(2);
    expect([form(1), form(0), form(7)]).toEqual(['Eintrag', 'Einträge', 'Einträge']);
  });
  it('give parts to a component that puts elements in, and the text inside of one', () => {
    expect(german.c(3)).toEqual(['noch ', [0, 'jetzt', 1], '.']);
    expect(german.x([0, 'jetzt ', 1], ['', 'oder nie'])).toBe('jetzt oder nie');
  });
  it('say which one is missing', () => {
    expect(german(99)).toBe('[i18n-99]');
  });
  it('are read in the language that is asked for', async () => {
    const of = (text: string) => () => Promise.resolve({ c: [text] });
    const made = { './words.first.de.compiled.js': of('Ja'), './words.first.en.compiled.js': of('Yes') };
    expect(words(await read(made, 'de'))(0)).toBe('Ja');
  });
});
