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
  it('keeps numbers numbers', () => {
    expect(lines('-12.5', '-3')).toBe('-12.5,-3');
  });
  it('quotes what would end a cell, also after it was defused', () => {
    expect(sheet(['a'], [['=x,"y"']])).toBe('\uFEFFa\r\n"\'=x,""y"""\r\n');
    expect(sheet(['a'], [['one\ntwo'], ['\rx']])).toBe('\uFEFFa\r\n"one\ntwo"\r\n"\'\rx"\r\n');
  });
});
