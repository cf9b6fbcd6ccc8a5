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

it('nothing that a shell would read gets into the command', () => {
  for (const host of ['pve1', 'pve1.lan:8006', '10.0.0.1', '[fd00::1]', '[fd00::1]:8006']) {
    expect(isHost(host)).toBe(true);
  }
  for (const text of ['-oProxyCommand=x', 'a b', 'a;b', '$(b)', "a'b", 'a\nb', 'fd00::1 ', 'pve1:']) {
    expect(isHost(text)).toBe(false);
    expect(isName(text)).toBe(false);
    expect(command({ host: text, name: text })).toBe('labkeeper setup --tier observe --node-host HOST --name NAME');
  }
});
