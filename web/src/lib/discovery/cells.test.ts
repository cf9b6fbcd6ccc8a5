import { describe, expect, it } from 'vitest';

import { picture } from './cells.ts';

const at = (cidr: string, ...ips: string[]) =>
  picture(
    cidr,
    ips.map((ip) => ({ ip, known: ip.endsWith('.1') })),
  )!;
const filled = (cidr: string, ...ips: string[]) =>
  at(cidr, ...ips)
    .rows.flatMap((row) => row.cells)
    .filter((cell) => cell.hosts)
    .map((cell) => `${cell.label} ${cell.hosts} ${cell.tone}`);

describe('a block as a picture', () => {
  it('has a square for each address of a small one', () => {
    expect(at('10.0.0.0/24').rows.map((row) => row.label)).toEqual([
      '.0',
      '.32',
      '.64',
      '.96',
      '.128',
      '.160',
      '.192',
      '.224',
    ]);
    expect(filled('10.0.0.0/24', '10.0.0.1', '10.0.0.255')).toEqual(['10.0.0.1 1 known', '10.0.0.255 1 unknown']);
    expect(at('10.0.0.16/28').columns).toBe(16);
  });
  it('has a square for each part of a large one, and a stranger shows among those that are known', () => {
    const big = at('10.7.0.0/16');
    expect([big.columns, big.rows.length, big.rows[1]?.label]).toEqual([32, 8, '.32.0']);
    expect(filled('10.7.0.0/16', '10.7.3.9', '10.7.3.1', '10.7.200.1')).toEqual([
      '10.7.3.0/24 2 unknown',
      '10.7.200.0/24 1 known',
    ]);
  });
  it('begins where its block begins, however that is written', () => {
    expect(filled('10.0.0.77/24', '10.0.0.5')).toEqual(['10.0.0.5 1 unknown']);
  });
  it('is none of IPv6 and of a few addresses', () => {
    expect([picture('fd00::/64', []), picture('10.0.0.1/32', []), picture('10.0.0.0/30', [])]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
