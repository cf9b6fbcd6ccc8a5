import { describe, expect, it } from 'vitest';

import type { Finding, Health, Level } from '../api/proxmox.ts';
import { byPlace, countLevels, rollUp } from './health.ts';

const finding = (status: Level, more: Partial<Finding> = {}): Finding => ({
  section: 'storage',
  check: 'filled',
  status,
  finding: `it is ${status}`,
  cluster: 'home',
  ...more,
});
const health = (status: Level, more: Partial<Health> = {}): Health => ({
  status,
  findings: [finding(status)],
  ts: '2026-01-01T00:00:00.000000',
  unavailable: [],
  ...more,
});

describe('the whole', () => {
  it('is what the hub says', () => {
    for (const level of ['ok', 'unknown', 'warn', 'crit'] as const) expect(rollUp(health(level))).toBe(level);
  });
  it('is never fine while something could not be looked at', () => {
    expect(rollUp(health('ok', { findings: [finding('ok'), finding('unknown')] }))).toBe('unknown');
    expect(rollUp(health('ok', { findings: [finding('crit'), finding('unknown')] }))).toBe('crit');
    expect(rollUp(health('ok', { findings: [] }))).toBe('unknown');
  });
});

describe('findings', () => {
  const places = byPlace([
    finding('ok', { node: 'pve1' }),
    finding('unknown', { node: 'pve1' }),
    finding('warn'),
    finding('crit', { node: 'pve2' }),
    finding('ok', { node: 'pve2' }),
    finding('warn', { node: 'pve2' }),
    finding('ok', { cluster: null }),
  ]);
  it('stand by place, the worst first', () => {
    expect(places.map((place) => [place.name, place.level])).toEqual([
      ['pve2', 'crit'],
      ['Cluster home', 'warn'],
      ['pve1', 'unknown'],
      ['The whole lab', 'ok'],
    ]);
    expect(places[0]!.findings.map((one) => one.status)).toEqual(['crit', 'warn', 'ok']);
  });
  it('name the cluster of a node where there are several', () => {
    const two = byPlace([finding('ok', { node: 'pve1' }), finding('ok', { node: 'pve1', cluster: 'lab' })]);
    expect(two.map((place) => place.name)).toEqual(['home / pve1', 'lab / pve1']);
  });
  it('are counted by how they are', () => {
    expect(countLevels(places.flatMap((place) => place.findings))).toEqual({ ok: 3, unknown: 1, warn: 2, crit: 1 });
  });
});
