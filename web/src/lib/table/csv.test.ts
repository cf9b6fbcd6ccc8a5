import { describe, expect, it } from 'vitest';

import { sheet } from './csv.ts';

const lines = (...cells: string[]) => sheet(['head'], [cells]).split('\r\n')[1];

describe('a sheet', () => {
  it('says that it is UTF-8, and ends every line', () => {
    expect(sheet(['größe'], [])).toBe('\uFEFFgröße\r\n');
  });
  it.each(['=1+1', '+cmd', '-cmd', '@SUM(A1)', '\tx'])('takes the power from %j', (text) => {
    expect(lines(text)).toBe(`'${text}`);
  });
  it.each([
    ['x;=1+1', "x;'=1+1"],
    ['x; "+1+1', `"x; ""'+1+1"`],
    ['x\t@SUM(A1)', "x\t'@SUM(A1)"],
    ['a\n-1+1', `"a\n'-1+1"`],
    ['a,=1', `"a,'=1"`],
    ['\nx', `"'\nx"`],
    [' =1', "' =1"],
  ])('takes it also where another separator, or a trim, makes a cell of it: %j', (text, safe) => {
    expect(lines(text, 'next')).toBe(`${safe},next`);
  });
  it('leaves words alone', () => {
    expect(lines('a-b; c=d', 'me@home')).toBe('a-b; c=d,me@home');
  });
  it('keeps numbers numbers', () => {
    expect(lines('-12.5', '-3')).toBe('-12.5,-3');
  });
  it('quotes what would end a cell, also after it was defused', () => {
    expect(sheet(['a'], [['=x,"y"']])).toBe('\uFEFFa\r\n"\'=x,""y"""\r\n');
    expect(sheet(['a'], [['one\ntwo'], ['\rx']])).toBe('\uFEFFa\r\n"one\ntwo"\r\n"\'\rx"\r\n');
  });
});
