// The invented lab of the mock hub: kinds as the contract declares them, about 60 items, links, drift, changes.
const f = (name, label, type = 'text', more = {}) => ({ name, label, type, required: false, column: false, ...more });
const col = { column: true };
const NAME = f('name', 'Name', 'text', { required: true, ...col }),
  ICON = f('icon', 'Icon', 'icon'),
  NOTES = f('notes', 'Notes', 'longtext');
const NET = [f('hostname', 'Hostname'), f('ip_address', 'Address', 'address', col), f('mac_address', 'MAC', 'mac')];
const OS = f('os', 'OS', 'text', {
  ...col,
  suggestions: ['Debian 13', 'Ubuntu 24.04', 'Proxmox VE 9.1', 'TrueNAS SCALE 25.10', 'Alpine 3.23', 'NixOS 25.11'],
});
const ON = (name, label, kinds, more = {}) => f(name, label, 'link', { ...col, link_kinds: kinds, ...more });
const kind = (key, label, label_many, icon, fields, name_field = 'name') => ({
  key,
  label,
  label_many,
  icon,
  count: 0,
  name_field,
  fields,
});
const GUEST = [
  f('vmid', 'VMID', 'integer', col),
  OS,
  f('cpu_cores', 'Cores', 'integer', col),
  f('ram_gb', 'Memory', 'number', { unit: 'GB', ...col }),
  f('disk_gb', 'Disk', 'number', { unit: 'GB' }),
];
export const KINDS = [
  kind('hardware', 'Hardware', 'Hardware', 'lucide:server', [
    NAME,
    ICON,
    ...NET,
    OS,
    f('make', 'Make', 'text', { suggestions: ['Supermicro', 'Dell', 'HP', 'Lenovo', 'Ubiquiti', 'MikroTik'] }),
    f('model', 'Model', 'text', col),
    f('cpu', 'CPU'),
    f('cpu_cores', 'Cores', 'integer', col),
    f('ram_gb', 'Memory', 'number', { unit: 'GB', ...col }),
    f('serial_number', 'Serial number'),
    f('location', 'Location', 'text', { ...col, hint: 'Rack 1, U10' }),
    NOTES,
  ]),
  kind('vms', 'VM', 'Virtual machines', 'lucide:monitor', [
    NAME,
    ICON,
    ON('hardware_id', 'Runs on', ['hardware']),
    ...NET,
    ...GUEST,
    NOTES,
  ]),
  kind('containers', 'Container', 'Containers', 'lucide:box', [
    NAME,
    ICON,
    ON('hardware_id', 'Runs on', ['hardware']),
    ...NET,
    ...GUEST,
    f('unprivileged', 'Unprivileged', 'boolean'),
    f('onboot', 'Starts on boot', 'boolean'),
    f('template', 'Template', 'boolean'),
    NOTES,
  ]),
  kind('apps', 'App', 'Apps', 'lucide:app-window', [
    NAME,
    ICON,
    f('description', 'Description', 'longtext'),
    ON('hardware_id', 'On hardware', ['hardware'], { help: 'Leave empty when it runs in a guest' }),
    ON('vm_id', 'On VM', ['vms']),
    ON('container_id', 'In container', ['containers'], { column: false }),
    f('hostname', 'Hostname'),
    f('ip_address', 'Address', 'address', col),
    f('port', 'Port', 'port', col),
    f('https', 'HTTPS', 'boolean', col),
    f('external_hostname', 'Public name'),
    NOTES,
  ]),
  kind('storage', 'Storage', 'Storage', 'lucide:hard-drive', [
    NAME,
    ICON,
    ON('hardware_id', 'In', ['hardware']),
    ON('vm_id', 'In VM', ['vms'], { column: false }),
    f('storage_type', 'Type', 'text', { ...col, suggestions: ['HDD', 'SSD', 'NVMe'] }),
    f('raid_type', 'RAID', 'text', { ...col, suggestions: ['RAID-Z1', 'RAID-Z2', 'RAID 1', 'RAID 10'] }),
    f('drive_count', 'Drives', 'integer', col),
    f('raw_space_tb', 'Raw', 'number', { unit: 'TB', ...col }),
    f('usable_space_tb', 'Usable', 'number', { unit: 'TB', ...col }),
    f('filesystem', 'Filesystem', 'text', { suggestions: ['ZFS', 'EXT4', 'BTRFS'] }),
    NOTES,
  ]),
  kind('shares', 'Share', 'Shares', 'lucide:folder-sync', [
    NAME,
    ON('storage_id', 'Storage', ['storage'], { required: true }),
    f('hostname', 'Hostname'),
    f('ip', 'Address', 'address', col),
    f('share_type', 'Type', 'text', { ...col, suggestions: ['NFS', 'SMB', 'iSCSI', 'WebDAV'] }),
    NOTES,
  ]),
  kind('networks', 'Network', 'Networks', 'lucide:network', [
    NAME,
    f('vlan_id', 'VLAN', 'vlan', col),
    f('subnet', 'Subnet', 'cidr', col),
    f('gateway', 'Gateway', 'address', col),
    f('dns_servers', 'DNS servers', 'text', col),
    f('color', 'Colour', 'color', col),
    NOTES,
  ]),
  kind('misc', 'Other thing', 'Other', 'lucide:shapes', [
    NAME,
    ICON,
    f('category', 'Category', 'text', { ...col, suggestions: ['Power', 'IoT', 'Camera'] }),
    f('hostname', 'Hostname'),
    f('description', 'Description', 'text', col),
    f('ip_address', 'Address', 'address', col),
    f('properties', 'Properties', 'json'),
    NOTES,
  ]),
  kind(
    'documents',
    'Document',
    'Documents',
    'lucide:file-text',
    [
      f('title', 'Title', 'text', { required: true, ...col }),
      f('parent_id', 'Under', 'link', { link_kinds: ['documents'], ...col }),
      f('content', 'Text', 'markdown'),
      f('sort_order', 'Order', 'integer'),
    ],
    'title',
  ),
];
const DOC = `# UPS failover\n\nWhat happens when mains power drops, and what to do by hand if it does not happen.\n\n## Order of shutdown\n\n1. [[docker-01]] and [[docker-02]] stop after **3 minutes** on battery\n2. [[nas-01]] exports its pools and powers off at *20 %* charge\n\n> The switch and the router share outlet 2. Do not move them.\n\n## Check after an outage\n\n- [x] \`upsc ups-rack battery.charge\` above 80\n- [ ] ZFS pools imported, no errors\n\n| Host | Delay | Wake |\n| --- | --- | --- |\n| pve-01 | 180 s | WoL |\n| nas-01 | 600 s | IPMI |\n\n\`\`\`sh\nzpool status -x\nsystemctl --failed\n\`\`\`\n\n<script>alert(1)</script><img src=x onerror=alert(1)>\n`;
export function seed(many) {
  const items = new Map(),
    links = [],
    drift = [],
    changes = [];
  let id = 0,
    minutes = 5;
  const at = (ago) => new Date(Date.now() - ago * 60000).toISOString().replace('Z', '000');
  const add = (k, row) => {
    id++;
    minutes = Math.round(minutes * 1.12) + 3;
    const blank = Object.fromEntries(KINDS.find((x) => x.key === k).fields.map((x) => [x.name, null]));
    items.set(id, {
      kind: k,
      row: {
        ...blank,
        tags: [],
        custom: {},
        addresses: row.ip_address
          ? [{ ip: row.ip_address, mac: row.mac_address ?? null, interface: 'eth0', network_id: null, primary: true }]
          : [],
        created_at: at(minutes + 90000),
        updated_at: at(minutes),
        rev: 3,
        id,
        ...row,
      },
    });
    return id;
  };
  const net = {};
  for (const [n, v, c] of [
    ['Management', 1, '#2f7fd1'],
    ['Servers', 20, '#2f9e63'],
    ['IoT', 40, '#d1495b'],
    ['Guest', 50, '#9a6dd7'],
  ])
    net[n] = add('networks', {
      name: n,
      vlan_id: v,
      subnet: `10.0.${v}.0/24`,
      gateway: `10.0.${v}.1`,
      dns_servers: '10.0.1.53',
      color: c,
    });
  const pve = [1, 2, 3].map((n) =>
    add('hardware', {
      name: `pve-0${n}`,
      hostname: `pve-0${n}.lab.home`,
      ip_address: `10.0.1.1${n}`,
      mac_address: `0c:c4:7a:11:22:0${n}`,
      make: 'Supermicro',
      model: 'X12STH-F',
      cpu: 'Xeon E-2388G',
      cpu_cores: 8,
      ram_gb: 128,
      os: 'Proxmox VE 9.1',
      location: `Rack 1, U${10 + n}`,
      icon: 'si:proxmox',
      tags: ['prod', 'cluster'],
      custom: { warranty: '2027-03-01' },
    }),
  );
  const nas = add('hardware', {
    name: 'nas-01',
    hostname: 'nas-01.lab.home',
    ip_address: '10.0.1.20',
    make: 'Supermicro',
    model: 'SC826',
    ram_gb: 64,
    cpu_cores: 6,
    os: 'TrueNAS SCALE 25.10',
    location: 'Basement',
    icon: 'si:truenas',
    tags: ['prod', 'backup'],
    notes: 'Old box in the basement. Loud.',
  });
  const sw = add('hardware', {
    name: 'sw-core-01',
    ip_address: '10.0.1.2',
    make: 'Ubiquiti',
    model: 'USW-Pro-24',
    location: 'Rack 1, U1',
    icon: 'si:ubiquiti',
    tags: ['critical'],
  });
  add('hardware', {
    name: 'opnsense-01',
    ip_address: '10.0.1.1',
    make: 'Protectli',
    model: 'VP2420',
    cpu_cores: 4,
    ram_gb: 8,
    os: 'OPNsense 26.1',
    icon: 'si:opnsense',
    tags: ['critical'],
  });
  const guests = ['docker-01', 'docker-02', 'home-assistant', 'gitlab', 'mail-gw', 'win11-dev'].map((name, i) =>
    add('vms', {
      name,
      hostname: `${name}.lab.home`,
      hardware_id: pve[i % 3],
      vmid: 101 + i,
      ip_address: `10.0.20.${10 + i}`,
      mac_address: `bc:24:11:5a:0e:9${i}`,
      os: i === 5 ? 'Windows 11' : 'Debian 13',
      cpu_cores: 4,
      ram_gb: i ? 8 : 12,
      disk_gb: 64,
      icon: ['si:docker', 'si:docker', 'si:homeassistant', 'si:gitlab', 'lucide:mail', null][i],
      tags: i < 2 ? ['prod', 'docker'] : ['prod'],
    }),
  );
  ['pihole', 'grafana', 'prometheus', 'traefik', 'step-ca', 'ntfy', 'unifi'].forEach((name, i) =>
    add('containers', {
      name,
      hardware_id: pve[i % 3],
      vmid: 201 + i,
      ip_address: `10.0.20.${40 + i}`,
      os: 'Debian 13',
      cpu_cores: 2,
      ram_gb: 1,
      disk_gb: 8,
      unprivileged: true,
      onboot: true,
      template: false,
      tags: i > 3 ? ['lab'] : ['prod'],
    }),
  );
  const apps = [
    'jellyfin',
    'immich',
    'paperless-ngx',
    'vaultwarden',
    'nextcloud',
    'sonarr',
    'radarr',
    'home-assistant',
    'gitea',
    'uptime-kuma',
    'audiobookshelf',
    'calibre-web',
  ].map((name, i) =>
    add('apps', {
      name,
      vm_id: guests[i % 3],
      ip_address: `10.0.20.${10 + (i % 3)}`,
      port: 8000 + i * 11,
      https: i % 2 === 0,
      description: 'Self-hosted service',
      external_hostname: i % 3 ? null : `${name}.example.net`,
      tags: i % 2 ? ['media'] : ['prod'],
      icon: i === 2 ? '📄' : null,
    }),
  );
  const tank = add('storage', {
    name: 'tank',
    hardware_id: nas,
    storage_type: 'HDD',
    raid_type: 'RAID-Z2',
    drive_count: 8,
    raw_space_tb: 96,
    usable_space_tb: 65.4,
    filesystem: 'ZFS',
    tags: ['prod'],
  });
  add('storage', {
    name: 'fast',
    hardware_id: pve[0],
    storage_type: 'NVMe',
    raid_type: 'RAID 1',
    drive_count: 2,
    raw_space_tb: 4,
    usable_space_tb: 1.8,
    filesystem: 'ZFS',
  });
  const media = add('shares', { name: 'media', storage_id: tank, ip: '10.0.1.20', share_type: 'NFS' });
  add('shares', { name: 'backups', storage_id: tank, ip: '10.0.1.20', share_type: 'SMB' });
  add('misc', {
    name: 'ups-rack',
    category: 'Power',
    ip_address: '10.0.1.5',
    description: '1500 VA line-interactive',
    properties: '{"va":1500}',
    icon: '🔋',
  });
  add('misc', { name: 'Front door camera', category: 'Camera', ip_address: '10.0.40.21' });
  const book = add('documents', { title: 'Runbooks', content: '# Runbooks\n\nStart here.', sort_order: 0 });
  add('documents', { title: 'UPS failover', content: DOC, parent_id: book, sort_order: 1 });
  add('documents', { title: 'Restore a VM', content: '# Restore a VM\n\nFrom PBS.', parent_id: book, sort_order: 2 });
  add('documents', {
    title: 'VLAN plan',
    content: '# VLAN plan\n\n| VLAN | Use |\n| --- | --- |\n| 20 | Servers |',
    sort_order: 3,
  });
  const ref = (i) => ({ id: i, kind: items.get(i).kind, name: items.get(i).row.name ?? items.get(i).row.title });
  const link = (a, rel, b, label = null) =>
    links.push({ id: links.length + 1, rel, from: ref(a), to: ref(b), label, data: null, source: 'me' });
  pve.forEach((p, i) => link(p, 'connected_to', sw, `port ${i + 3}`));
  link(apps[0], 'mounts', media);
  link(apps[1], 'depends_on', apps[4]);
  link(guests[0], 'backs_up', nas);
  drift.push(
    {
      id: 1,
      item: ref(guests[0]),
      field: 'ram_gb',
      asserted: 12,
      observed: 16,
      source: 'proxmox:pve',
      seen_at: at(40),
      state: 'open',
    },
    {
      id: 2,
      item: ref(guests[1]),
      field: 'os',
      asserted: 'Debian 13',
      observed: 'Debian 12',
      source: 'proxmox:pve',
      seen_at: at(400),
      state: 'open',
    },
    {
      id: 3,
      item: ref(sw),
      field: 'ip_address',
      asserted: '10.0.1.2',
      observed: '10.0.1.3',
      source: 'scan:10.0.1.0/24',
      seen_at: at(900),
      state: 'kept',
    },
  );
  const change = (ago, actor, via, summary, ids, diff = []) =>
    changes.push({
      id: 100 - changes.length,
      at: at(ago),
      actor,
      via,
      session: null,
      op: 'update',
      summary,
      items: ids.map(ref),
      diff,
      reverts: null,
      reverted_by: null,
      revertible: true,
    });
  const d = (i, field, before, after) => ({
    item_id: i,
    ...{ kind: ref(i).kind, name: ref(i).name },
    field,
    before,
    after,
  });
  change(9, 'desktop-claude', 'mcp', 'Changed ram_gb of docker-01', [guests[0]], [d(guests[0], 'ram_gb', 8, 12)]);
  change(
    60,
    'keeper',
    'web',
    'Changed content of UPS failover',
    [book + 1],
    [d(book + 1, 'content', DOC.replace('3 minutes', '5 minutes').replace('outlet 2', 'outlet 4'), DOC)],
  );
  change(180, 'desktop-claude', 'mcp', 'Created ntfy', [guests[2]], [d(guests[2], 'name', null, 'ntfy')]);
  change(1500, 'import', 'cli', 'Imported hub.db', pve, []);
  if (many)
    for (let i = items.size; i < many; i++)
      add('containers', {
        name: `ct-${i}`,
        hardware_id: pve[i % 3],
        vmid: 1000 + i,
        ip_address: `10.${i % 200}.${(i * 7) % 250}.${(i * 13) % 250}`,
        os: ['Debian 13', 'Alpine 3.23', 'Ubuntu 24.04'][i % 3],
        cpu_cores: 1 + (i % 8),
        ram_gb: 1 + (i % 16),
        disk_gb: 8,
        tags: i % 4 ? [] : ['lab'],
        onboot: i % 2 === 0,
      });
  const networksOf = (row) =>
    [...items.values()]
      .filter((i) => i.kind === 'networks' && row.ip_address?.startsWith(i.row.subnet.replace('0/24', '')))
      .map((i) => ({ id: i.row.id, name: i.row.name, color: i.row.color, explicit: false, ip: row.ip_address }));
  return { items, links, drift, changes, networksOf };
}
