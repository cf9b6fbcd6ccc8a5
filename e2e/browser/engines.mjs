// What a story's hub is made of beside its data directory: nothing, or the servers that `cargo xtask test --only engines` names.
// There each data directory has a database and a collection of its own; keys in Redis carry the hub's name already.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';

const {
  LABKEEPER_TEST_DATABASE_URL: postgres,
  LABKEEPER_TEST_REDIS_URL: redis,
  LABKEEPER_TEST_QDRANT_URL: qdrant,
} = process.env;

/** Hubs are on servers. */
export const onServers = Boolean(postgres);
const made = new Set();

/** What the programs of that data directory are told. Its database is made when it is first spoken of. */
export function engines(directory) {
  if (!onServers) return {};
  const name = basename(directory);
  if (!made.has(name)) tell(`CREATE DATABASE "${name}"`);
  made.add(name);
  const place = new URL(postgres);
  place.pathname = `/${name}`;
  return {
    DATABASE_URL: String(place),
    ...(redis ? { REDIS_URL: redis } : {}),
    ...(qdrant ? { QDRANT_URL: qdrant, QDRANT_COLLECTION: name } : {}),
  };
}

/** Takes away what that data directory had on servers. */
export function leave(directory) {
  const name = basename(directory);
  if (made.delete(name)) tell(`DROP DATABASE "${name}" WITH (FORCE)`);
}

/** What is not as it was asked for: a hub that quietly kept to its directory would prove nothing. */
export function strayed(directory, readiness) {
  if (!onServers) return null;
  const sessions = `SELECT count(*) FROM pg_stat_activity WHERE datname = '${basename(directory)}' AND application_name = 'labkeeper'`;
  if (Number(tell(sessions)) === 0) return 'nobody of it is connected to its database';
  if (existsSync(join(directory, 'labkeeper.db'))) return 'it made a file of SQLite';
  if (redis && (!readiness.checks.redis || readiness.checks.redis.degraded)) return 'it has no use of Redis';
  return null;
}

function tell(statement) {
  const words = ['--no-psqlrc', '--quiet', '--tuples-only', '--set=ON_ERROR_STOP=1', '--command', statement, postgres];
  return execFileSync('psql', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
