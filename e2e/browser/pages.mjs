// Every page of the web app and every layer over one, with addresses found through the API of the hub under test.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { until } from './browser.mjs';
import { layers } from './layers.mjs';

const DATABASE = fileURLToPath(new URL('../../fixtures/hub-plus/hub.db', import.meta.url));

/** Items of the demo with something in every panel, where the first of the kind has not. */
const TELLING = { hardware: 'pve1', networks: 'Servers', storage: 'pool', containers: 'postgres', vms: 'docker' };

const telling = async (hub, kind) => {
  const { data } = await hub.get(`/${kind}?limit=500`);
  const name = TELLING[kind];
  const row = name ? data.find((one) => one.name === name) : data[0];
  assert.ok(row, `the demo has ${name ?? kind}`);
  return row.id;
};

/** In the hand every kind looks alike, and small layers look as they do at a desk: some stand for all. */
const IN_HAND = new Set([
  ...['overview', 'inventory', 'list-vms', 'nothing-matches', 'item-vms', 'item-networks', 'edit-vms', 'new'],
  ...['docs', 'document', 'document-edit', 'drift', 'activity', 'transfer', 'appearance', 'tokens', 'users', 'about'],
  ...['not-found', 'palette', 'more', 'filter', 'selection', 'delete', 'relation', 'change', 'icon-picker', 'conflict'],
  ...['import-preview', 'toast', 'proxmox', 'health', 'health-reachability', 'proxmox-guest', 'connections', 'notifications', 'approvals', 'files', 'audit', 'audit-call'],
  ...['undo-session', 'document-new', 'document-versions', 'document-card', 'document-search', 'document-conflict'],
  ...['map', 'map-tree', 'map-breaks', 'map-connect'],
  ...['discovery', 'discovery-scan', 'discovery-host', 'discovery-review'],
]);

/** For people to look at: every page in the hand too, and of the layers those that differ there. */
export const handPictures = async (hub) => (await pages(hub)).filter(([name, , act]) => !act || IN_HAND.has(name));
export const deskTour = async (hub) => (await pages(hub)).filter(([name]) => name !== 'more');
export async function handTour(hub) {
  const all = await pages(hub);
  const names = new Set(all.map(([name]) => name));
  assert.deepEqual([...IN_HAND].filter((name) => !names.has(name)), [], 'IN_HAND names pages that there are');
  return all.filter(([name]) => IN_HAND.has(name));
}

/** A scan of this machine, on which the hub itself is found. */
async function scanned(hub) {
  const ports = [Number(new URL(hub.url).port)];
  const { id } = await hub.api('POST', '/discovery/jobs', { cidr: '127.0.0.0/29', ports });
  await until('the scan', async () => (await hub.get(`/discovery/jobs/${id}`)).state === 'done');
  return id;
}

/** Name, address, what opens the layer that is meant, and the statuses of the refusals that this provokes. */
async function pages(hub) {
  const kinds = (await hub.get('/kinds')).data.map((kind) => kind.key).filter((key) => key !== 'documents');
  const items = Object.fromEntries(await Promise.all(kinds.map(async (kind) => [kind, await telling(hub, kind)])));
  const documents = (await hub.get('/documents?limit=500')).data;
  const page = documents.find((one) => one.parent_id)?.id ?? documents[0].id;
  const drift = (await hub.get('/drift')).data[0];
  const scan = await scanned(hub);
  return [
    ['overview', '/'],
    ['inventory', '/inventory'],
    ...kinds.map((kind) => [`list-${kind}`, `/inventory/${kind}`]),
    ['nothing-matches', '/inventory/vms?q=nosuchword'],
    ...kinds.map((kind) => [`item-${kind}`, `/items/${items[kind]}`]),
    ['item-with-drift', `/items/${drift.item.id}`],
    ...['vms', 'networks'].map((kind) => [`edit-${kind}`, `/items/${items[kind]}?edit=1`]),
    ['new', '/inventory/apps?new=1'],
    ['map', '/map'],
    ['map-layered', '/map?layout=layered'],
    ['map-organic', '/map?layout=organic'],
    ['map-tree', '/map?view=tree'],
    ['map-item', `/map?item=${items.hardware}`],
    ['map-breaks', `/map?item=${items.hardware}&impact=1`],
    ['map-search', '/map?q=docker'],
    ['discovery', '/discovery'],
    ['discovery-scan', `/discovery/${scan}`],
    ['discovery-host', `/discovery/${scan}?host=127.0.0.1`],
    ['discovery-review', `/discovery/${scan}?review=1`],
    ['docs', '/docs'],
    ['document', `/docs/${page}`],
    ['document-edit', `/docs/${page}?edit=split`],
    ['document-write', `/docs/${page}?edit=write`],
    ['document-details', `/docs/${page}?edit=details`],
    ['proxmox', '/proxmox'],
    ['proxmox-off', '/proxmox?status=Stopped'],
    ['proxmox-guest', '/proxmox?guest=simulated%2F101'],
    ['health', '/health'],
    ['health-reachability', '/health/reachability'],
    ['health-outages', '/health/outages'],
    ['health-certificates', '/health/certificates'],
    ['approvals', '/approvals'],
    ['drift', '/drift'],
    ['drift-pinned', '/drift?state=pinned'],
    ['activity', '/activity'],
    ['activity-session', '/activity?session=demo-session'],
    ['files', '/files'],
    ['file', '/files?place=pct%3Asimulated%2F101&path=%2Fetc%2Fhosts'],
    ['audit', '/audit'],
    ['audit-nothing', '/audit?text=nosuchword'],
    ['transfer', '/transfer'],
    ['appearance', '/settings/appearance'],
    ['connections', '/settings/connections'],
    ['notifications', '/settings/notifications'],
    ['tokens', '/settings/tokens'],
    ['users', '/settings/users'],
    ['about', '/settings/about'],
    ['not-found', '/nowhere'],
    ...layers({ hub, host: items.hardware, guest: items.vms, document: page, database: DATABASE }),
  ];
}
