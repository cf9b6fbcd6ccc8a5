// What a version leaves to those after it: the backup and the export of a demo in which something was done, kept in
// fixtures/released as NAME.tar.gz, and a configuration file with every setting, as NAME.toml. `npm run released -- NAME` makes both
// of the binary that is there; a release is not made without its own (.github/workflows/release.yml), and
// crates/labkeeper/tests/program/released.rs puts every one of them back and reads every file.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { command, startHub } from './hub.mjs';
import { everySetting } from './settings.mjs';

const PLACE = fileURLToPath(new URL('../../fixtures/released/', import.meta.url));
const MOTD = '/etc/motd';
/** A container of the demo with nothing of ours in it yet. */
const CONTAINER = 104;

const [name] = process.argv.slice(2);
const kept = join(PLACE, `${name}.tar.gz`);
const settings = join(PLACE, `${name}.toml`);
if (!/^[\w.-]+$/.test(name ?? '')) throw new Error('how is it to be called? Such as: npm run released -- 1.2.0');
for (const file of [kept, settings]) {
  if (existsSync(file)) throw new Error(`${file} is there: what a released version left does not change`);
}

const work = mkdtempSync(join(tmpdir(), 'labkeeper-released-'));
const demo = await startHub({ demo: true, env: { TMPDIR: work } });
try {
  const own = readdirSync(work).find((entry) => entry.startsWith('labkeeper-demo-'));
  const directory = join(work, own);
  // Two versions of a file in the lab, an item that was changed, a person and a token.
  for (const content of ['Welcome\n', 'Welcome again\n']) {
    await demo.api('PUT', `/files/pct/${CONTAINER}`, { path: MOTD, content });
  }
  const { data: item } = await demo.api('POST', '/misc', { name: 'Left behind', notes: 'two batteries' });
  await demo.api('PATCH', `/misc/${item.id}`, { notes: 'three batteries' });
  command(directory, ['user', 'add', 'keeper', '--role', 'admin'], 'correct horse battery\n');
  command(directory, ['token', 'create', 'reader', '--scope', 'read']);
  const left = join(work, 'left');
  mkdirSync(left);
  command(directory, ['backup', 'create', join(left, 'backup')]);
  command(directory, ['export', join(left, 'export.json')]);
  const written = everySetting(command(directory, ['gen', 'config-docs']));
  mkdirSync(PLACE, { recursive: true });
  execFileSync('tar', ['--create', '--gzip', '--file', kept, '--directory', left, '--owner=0', '--group=0', 'backup', 'export.json']);
  writeFileSync(settings, written);
  console.log(`${kept}, ${settings}: commit both`);
} finally {
  await demo.stop();
  rmSync(work, { recursive: true, force: true });
}
