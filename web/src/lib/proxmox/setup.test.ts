import { expect, it } from 'vitest';

import { isHost, isName, setUpCommand, type SetUp } from './setup.ts';

const PLAIN: SetUp = { tier: 'observe', host: 'pve1', name: '', mode: 'auto' };
const command = (more: Partial<SetUp>) => setUpCommand({ ...PLAIN, ...more });

it('the command has what was chosen', () => {
  expect(command({ tier: 'operate', host: '192.168.1.11' })).toBe(
    'labkeeper setup --tier operate --node-host 192.168.1.11',
  );
  expect(command({ host: 'pve1.lan:8006', name: 'attic', mode: 'paste' })).toBe(
    'labkeeper setup --tier observe --node-host pve1.lan:8006 --name attic --bootstrap-mode paste',
  );
});

/** The examples of `core::pve::Address`, which reads what the command is given. */
const PLACES = [
  'pve1',
  'PVE1.lan:443',
  '10.0.0.2',
  'https://10.0.0.2:8006/api2/json',
  'https://pve1.lan:8006/',
  '[fd00::2]:8443',
  'fd00::2',
  'pve_1.lan',
];
const NO_PLACES = [
  '',
  ':8006',
  'http://pve1',
  'pve1:',
  'pve1:0',
  'pve1:+8006',
  'pve1:70000',
  'a b',
  '-pve',
  'pve1/x',
  'user@pve1',
  'pve1:8006/evil',
  '[pve1]',
  'a..b',
  '[::1]8006',
  'fd00::1::2',
];

it.each(PLACES)('%s is a place', (text) => expect(isHost(text)).toBe(true));
it.each(NO_PLACES)('“%s” is none', (text) => expect(isHost(text)).toBe(false));

it('brackets reach the command through any shell', () => {
  expect(command({ host: '[fd00::2]:8443' })).toBe("labkeeper setup --tier observe --node-host '[fd00::2]:8443'");
});

it('nothing that a shell would read gets into the command', () => {
  for (const text of ['-oProxyCommand=x', 'a b', 'a;b', '$(b)', "a'b", 'a\nb', 'fd00::1 ', 'pve1:']) {
    expect(isHost(text)).toBe(false);
    expect(isName(text)).toBe(false);
    expect(command({ host: text, name: text })).toBe('labkeeper setup --tier observe --node-host HOST --name NAME');
  }
});
