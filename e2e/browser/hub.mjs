// A hub of its own for a story: the real binary, a temporary data directory (and a database of its own, where the stories are told
// on servers), a port on loopback that the system chose.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { engines, leave, onServers, strayed } from './engines.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const OUT = join(root, 'target/e2e');
const BINARY = process.env.LABKEEPER_BINARY ?? join(root, 'target/debug/labkeeper');
/** The model of search by meaning, as `cargo xtask model` installs it. */
const MODELS = process.env.LABKEEPER_MODELS ?? join(root, 'models');
const PATIENCE = 60_000;

/** Ours, without what would configure a hub or route its traffic elsewhere. */
function environment(extra) {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(LABKEEPER_|HOMELAB_|MCP_|QDRANT_|S3_)|_proxy$/i.test(name) && !['API_TOKEN', 'DATABASE_URL', 'REDIS_URL'].includes(name),
  );
  return { ...Object.fromEntries(kept), LABKEEPER_MODELS: MODELS, ...extra };
}

/** An empty data directory, removed with the hub that is started on it. */
export const dataDirectory = () => mkdtempSync(join(tmpdir(), 'labkeeper-e2e-'));

/** Runs a command of the binary on a data directory and gives what it prints on stdout. */
export function command(directory, words, input = '') {
  const options = { env: environment(engines(directory)), encoding: 'utf8', input, stdio: 'pipe' };
  return execFileSync(BINARY, ['--data-dir', directory, ...words], options).trim();
}

/** A hub that asks who one is, with an admin of whom the browser has a session and a token for the API. */
export async function startClosedHub(env = {}) {
  const directory = dataDirectory();
  const account = { name: 'keeper', password: 'correct horse battery' };
  command(directory, ['user', 'add', account.name, '--role', 'admin'], `${account.password}\n`);
  const token = command(directory, ['token', 'create', 'stories', '--scope', 'write']);
  return Object.assign(await startHub({ directory, token, env }), { account });
}

/**
 * Starts `serve`, or `demo`, and waits until it is ready. `token` authorises this file's own calls to the API; without
 * one they are made as whoever sits at the machine.
 */
export async function startHub({ demo = false, directory = dataDirectory(), token = null, env = {} } = {}) {
  // A demo keeps to itself, whatever is configured, unless it is told otherwise.
  const words = ['--data-dir', directory, ...(demo ? ['demo', ...(onServers ? ['--on-servers'] : [])] : ['serve'])];
  const told = { ...engines(directory), ...env };
  let running = await launch(words, '127.0.0.1:0', told);
  await arrived(running, directory);
  const hub = {
    url: running.url,
    directory,
    log: () => running.log(),
    token,
    api: (method, path, body, headers) => call(hub, method, path, body, headers),
    get: (path) => call(hub, 'GET', path),
    /** It is gone as after a crash; what it had stored stays. */
    kill: () => running.end('SIGKILL'),
    /** Again where it was, so that pages find it. */
    async start() {
      running = await launch(words, new URL(hub.url).host, told);
    },
    async stop() {
      await running.end('SIGTERM');
      leave(directory);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return hub;
}

/** It has what it was told of. A machine that has much to do answers late, and what answered late is tried again a little later. */
async function arrived(running, directory) {
  const deadline = Date.now() + PATIENCE;
  const ask = async () => strayed(directory, await (await fetch(`${running.url}/readyz`)).json());
  for (let strays; (strays = await ask()); ) {
    if (Date.now() > deadline) {
      await running.end('SIGKILL');
      throw new Error(`the hub is not where it was told to be, ${strays}:\n${running.log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A process that listens. It says itself where, so that no port is guessed that somebody else takes first. */
async function launch(words, address, env) {
  const child = spawn(BINARY, [...words, '--bind', address], { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const deadline = Date.now() + PATIENCE;
  const ready = async () => {
    const url = /^labkeeper \S+ on (http:\/\/\S+)$/m.exec(log)?.[1];
    return url && (await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false)) ? url : null;
  };
  let url;
  while (!(url = await ready())) {
    if (child.exitCode !== null) throw new Error(`the hub ended with ${child.exitCode}:\n${log}`);
    if (Date.now() > deadline) {
      // Left alone it would keep this file from ending.
      await end(child, ended, 'SIGKILL', () => log);
      throw new Error(`the hub was not ready in ${PATIENCE / 1000} s:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, log: () => log, end: (signal) => end(child, ended, signal, () => log) };
}

async function end(child, ended, signal, log) {
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(late);
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, `hub-${child.pid}.log`), log());
}

/** A call to the API besides the browser. Throws what the hub answers when it refuses. */
async function call(hub, method, path, body, headers = {}) {
  const bytes = body instanceof Uint8Array;
  const answer = await fetch(`${hub.url}/api${path}`, {
    method,
    headers: {
      ...(hub.token ? { authorization: `Bearer ${hub.token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
      ...headers,
    },
    body: body === undefined || bytes ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${text}`), { status: answer.status });
  return text && /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}
