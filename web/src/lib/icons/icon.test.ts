import { describe, expect, it } from 'vitest';

import { glyph, iconFor, parseIcon, suggestLogos } from './icon.ts';

describe('an icon text', () => {
  it.each([
    ['si:proxmox', { as: 'logo', slug: 'proxmox' }],
    ['lucide:server', { as: 'symbol', name: 'server' }],
    ['server', { as: 'symbol', name: 'server' }],
    ['🐳', { as: 'text', text: '🐳' }],
    ['NAS', { as: 'text', text: 'NAS' }],
    ['/api/icons/0a1b', { as: 'image', url: '/api/icons/0a1b' }],
    ['data:image/png;base64,AAAA', { as: 'image' }],
  ])('%s is drawn', (text, icon) => {
    expect(parseIcon(text)).toMatchObject(icon);
  });
  it.each([
    '',
    null,
    'si:no-such-logo',
    'lucide:no-such-symbol',
    'https://elsewhere.example/x.png',
    'data:text/html,x',
    'a sentence of text',
  ])('%s leaves the kind’s own glyph', (text) => {
    expect(parseIcon(text)).toBeUndefined();
  });
  it('is guessed only where the whole name says so', () => {
    expect(iconFor(null, 'Home Assistant')).toMatchObject({ slug: 'homeassistant' });
    expect(iconFor(null, 'docker-01')).toMatchObject({ slug: 'docker' });
    expect(iconFor(null, 'docker for the kids')).toBeUndefined();
    expect(iconFor('🐳', 'grafana')).toMatchObject({ as: 'text' });
  });
  it('is suggested from names, words and aliases', () => {
    expect(suggestLogos('traefik', 'Debian 13')).toEqual(['traefikproxy', 'debian']);
    expect(suggestLogos('my nas', null, '')).toEqual([]);
  });
  it('falls back to a glyph for every kind', () => {
    expect([glyph('vms'), glyph('vms', 'lucide:cpu'), glyph('unheard-of')]).toEqual(['monitor', 'cpu', 'shapes']);
  });
});
