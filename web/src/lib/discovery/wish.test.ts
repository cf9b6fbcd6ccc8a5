import { describe, expect, it } from 'vitest';

import { blockSize, choiceText, emptyWish, portText, proposals, wishBody } from './wish.ts';

const wish = (more: Partial<ReturnType<typeof emptyWish>>) => wishBody({ ...emptyWish('10.0.0.0/24'), ...more });

describe('what is asked of a scan', () => {
  it('leaves out what was left empty, so that the measure of the hub holds', () => {
    expect(wish({ timeout: ' ' })).toEqual({ cidr: '10.0.0.0/24', ports: 'standard' });
  });
  it('has numbers as numbers, and passes on what is none for the hub to refuse', () => {
    expect(wish({ timeout: '0.5', rate: 'fast', concurrency: '20' })).toMatchObject({
      timeout: 0.5,
      rate: 'fast',
      concurrency: 20,
    });
  });
  it('takes a list of ports with ranges, each port once', () => {
    expect(wish({ ports: 'list', list: '443, 8000-8002 8001;22' }).ports).toEqual([22, 443, 8000, 8001, 8002]);
  });
  it('passes on a list that is none', () => {
    expect(wish({ ports: 'list', list: ' 22, ssh ' }).ports).toEqual([22, 'ssh']);
    expect(wish({ ports: 'list', list: '90-80' }).ports).toEqual(['90-80']);
    expect(wish({ ports: 'list', list: '1-999999999' }).ports).toEqual(['1-999999999']);
    expect(wish({ ports: 'list', list: '70000' }).ports).toEqual([70_000]);
  });
  it('has each exclusion by itself', () => {
    expect(wish({ exclude: '10.0.0.1, 10.0.0.128/25\n10.0.0.3' }).exclude).toEqual([
      '10.0.0.1',
      '10.0.0.128/25',
      '10.0.0.3',
    ]);
  });
});

describe('ports in words', () => {
  it('write runs as runs', () => {
    expect(portText([80, 22, 81, 8000, 8001, 8002])).toBe('22, 80, 81, 8000-8002');
    expect([choiceText('full'), choiceText([22]), choiceText([22, 80])]).toEqual([
      'full ports',
      'port 22',
      'ports 22, 80',
    ]);
  });
});

it('knows how many addresses a block has', () => {
  expect(['10.0.0.0/24', ' 10.0.0.1 ', '10.0.0.0/16', 'fd00::/64', '10.0.0.0/33', '10.0.0', ''].map(blockSize)).toEqual(
    [256, 1, 65_536, null, null, null, null],
  );
});

it('proposes each block once, by the best name that there is for it', () => {
  const networks = [
    { name: 'Servers', subnet: '10.0.20.0/24' },
    { name: 'Nowhere', subnet: '' },
  ];
  expect(proposals(['10.0.20.0/24', '10.0.30.0/24'], networks, ['10.0.30.0/24', '10.0.40.0/24'])).toEqual([
    { cidr: '10.0.20.0/24', label: 'Servers' },
    { cidr: '10.0.30.0/24', label: 'by the clock' },
    { cidr: '10.0.40.0/24', label: 'scanned before' },
  ]);
});
