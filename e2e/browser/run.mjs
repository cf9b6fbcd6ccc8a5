// Every story, file after file, so that two cores are enough. node e2e/browser/run.mjs [part of a file's name…]
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { OUT } from './hub.mjs';

const directory = fileURLToPath(new URL('stories/', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(directory)
  .filter((name) => name.endsWith('.test.mjs') && (!wanted.length || wanted.some((part) => name.includes(part))))
  .sort()
  .map((name) => join(directory, name));
if (!files.length) {
  console.error(`no story file has ${wanted.join(' or ')} in its name`);
  process.exit(2);
}
rmSync(join(OUT, 'failed'), { recursive: true, force: true });
const words = ['--test', '--test-concurrency=2', '--test-reporter=spec', ...files];
const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' });
process.exit(status ?? 1);
