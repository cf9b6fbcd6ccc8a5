// A configuration file in which every setting that the program documents has a value: what somebody may have written for a version.
// The program's own table is the list, so that none is forgotten.

const HEAD = '# Every setting that the version documented, as somebody may have written it. Written by e2e/browser/settings.mjs.\n';

/** What a setting that has no default may be. */
const GIVEN = {
  'server.hosts': ['hub.lan', 'lab.lan'],
  'server.trusted_proxies': '127.0.0.1,172.18.0.0/16',
  'server.public_url': 'https://lab.example.net',
  'auth.api_token': 'api-token-of-nobody',
  'remote.url': 'https://other.example.net',
  'remote.token': 'token-of-nobody',
  'log.level': 'info',
  'database.url': 'postgres://labkeeper:password@db.lan:5432/labkeeper',
  'redis.url': 'redis://:password@redis.lan:6379',
  'blobs.url': 's3://lab/hub',
  'blobs.endpoint': 'https://s3.example.net',
  'blobs.access_key_id': 'lab',
  'blobs.secret_access_key': 'secret-of-nobody',
  'blobs.key': '5a'.repeat(32),
  'search.models_dir': '/usr/share/labkeeper/models',
  'search.qdrant_url': 'http://qdrant.lan:6333',
  'search.qdrant_api_key': 'key-of-nobody',
  'safety.denylist': ['apt full-upgrade', 'confirm:docker compose down'],
  'safety.secret_keys': 'pin,door_code',
  'audit.anchor': ['/mnt/nas/audit', 'https://ntfy.example.net/anchor'],
  'notify.url': 'ntfys://ntfy.example.net/lab,jsons://hook.example.net/lab',
  'notify.fallback': 'gotifys://gotify.example.net/AbCdEfGhIjKlMnO',
  'notify.quiet': '22:00-07:00+02:00',
  'notify.token': 'token-of-nobody',
  'proxmox.url': ['https://192.168.1.11:8006', 'https://192.168.1.12:8006'],
  'proxmox.token_id': 'labkeeper@pve!companion',
  'proxmox.token_secret': '00000000-1111-2222-3333-444444444444',
  'proxmox.fingerprint': [Array(32).fill('AB').join(':'), Array(32).fill('CD').join(':')],
  'proxmox.tier': 'companion',
  'proxmox.ssh_host': ['192.168.1.11', '192.168.1.12'],
  'proxmox.node': ['pve1', 'pve2'],
  'proxmox.ssh_key_path': '/var/lib/labkeeper/proxmox/proxmox.key',
  'proxmox.ssh_host_key_fingerprint': [`SHA256:${'A'.repeat(43)}`, `SHA256:${'E'.repeat(43)}`],
  'discovery.schedule': '192.168.1.0/24',
  'discovery.ranges': '127.0.0.0/8',
  'discovery.lease_files': '/var/lib/misc/dnsmasq.leases',
  'watch.here': ['192.168.1.5', 'nas.lan'],
  'health.failed_units_crit': 'pveproxy.service,corosync.service',
  'backups.storage': 'backup',
  'files.allow': '/etc,/opt',
  'history.dir': '/mnt/nas/config-history',
  'history.remote': 'ssh://git@nas.lan/lab.git',
  'traces.endpoint': 'http://collector.lan:4318',
  'traces.url': 'https://collector.lan/v1/traces',
  'traces.headers': 'authorization=Bearer%20nobody',
  'traces.service_name': 'hub',
};
/** Not what they are by default, which would say nothing of the others that they hang together with. */
const OTHERWISE = { 'blobs.encrypt': true, 'history.push_mode': 'push' };

/** `table` is what `labkeeper gen config-docs` prints. */
export function everySetting(table) {
  const sections = new Map();
  for (const [, path, value] of table.matchAll(/^\| `([\w.]+)` \| [^|]* \| (?:`([^`]*)`)? ?\|/gm)) {
    const given = OTHERWISE[path] ?? value ?? GIVEN[path];
    if (given === undefined) throw new Error(`${path} has no default: say in ${import.meta.filename} what it may be`);
    const [section, name] = path.split('.');
    if (!sections.has(section)) sections.set(section, []);
    sections.get(section).push([name, given]);
  }
  if (sections.size < 10) throw new Error('the table of settings is read wrongly');
  const text = [...sections].map(([section, settings]) => `[${section}]\n${lines(settings)}`);
  // A second cluster has the keys of the first, but for what holds for all of them.
  const another = sections.get('proxmox').filter(([name]) => !['name', 'reconcile_minutes'].includes(name));
  return [HEAD, ...text, `[proxmox.attic]\n${lines(another)}`].join('\n');
}

const lines = (settings) => settings.map(([name, value]) => `${name} = ${written(value)}\n`).join('');

/** As somebody would write it: numbers and truth as such, the rest as text; JSON's way of that is TOML's too. */
function written(value) {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  return /^(true|false|\d+(\.\d+)?)$/.test(value) ? String(value) : JSON.stringify(value);
}
