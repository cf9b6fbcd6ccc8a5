// Every page of the web app and every layer over one, with addresses found through the API of the hub under test.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { layers } from './layers.mjs';

const DATABASE = fileURLToPath(new URL('../../fixtures/hub-plus/hub.db', import.meta.url));

const first = async (hub, kind, name) => {
  const { data } = await hub.get(`/${kind}?limit=500`);
  return (data.find((row) => row.name === name) ?? data[0]).id;
};

/** In the hand every kind looks alike, and small layers look as they do at a desk: some stand for all. */
const IN_HAND = new Set([
  ...['overview', 'inventory', 'list-vms', 'nothing-matches', 'item-vms', 'item-networks', 'edit-vms', 'new'],
  ...['docs', 'document', 'document-edit', 'drift', 'activity', 'transfer', 'appearance', 'tokens', 'users', 'about'],
  ...['not-found', 'palette', 'more', 'filter', 'selection', 'delete', 'relation', 'change', 'icon-picker', 'conflict'],
  ...['import-preview', 'toast'],
]);

export const deskTour = async (hub) => (await pages(hub)).filter(([name]) => name !== 'more');
export async function handTour(hub) {
  const all = await pages(hub);
  const names = new Set(all.map(([name]) => name));
  assert.deepEqual([...IN_HAND].filter((name) => !names.has(name)), [], 'IN_HAND names pages that there are');
  return all.filter(([name]) => IN_HAND.has(name));
}

/** Name, address, what opens the layer that is meant, and the statuses of the refusals that this provokes. */
async function pages(hub) {
  const kinds = (await hub.get('/kinds')).data.map((kind) => kind.key).filter((key) => key !== 'documents');
  const items = Object.fromEntries(await Promise.all(kinds.map(async (kind) => [kind, await first(hub, kind)])));
  const host = await first(hub, 'hardware', 'nas-01');
  const documents = (await hub.get('/documents?limit=500')).data;
  const page = documents.find((one) => one.parent_id)?.id ?? documents[0].id;
  const drift = (await hub.get('/drift')).data[0];
  return [
    ['overview', '/'],
    ['inventory', '/inventory'],
    ...kinds.map((kind) => [`list-${kind}`, `/inventory/${kind}`]),
    ['nothing-matches', '/inventory/vms?q=nosuchword'],
    ...kinds.map((kind) => [`item-${kind}`, `/items/${items[kind]}`]),
    ['item-with-drift', `/items/${drift.item.id}`],
    ...['vms', 'networks'].map((kind) => [`edit-${kind}`, `/items/${items[kind]}?edit=1`]),
    ['new', '/inventory/apps?new=1'],
    ['docs', '/docs'],
    ['document', `/docs/${page}`],
    ['document-edit', `/docs/${page}?edit=1`],
    ['drift', '/drift'],
    ['drift-pinned', '/drift?state=pinned'],
    ['activity', '/activity'],
    ['transfer', '/transfer'],
    ['appearance', '/settings/appearance'],
    ['tokens', '/settings/tokens'],
    ['users', '/settings/users'],
    ['about', '/settings/about'],
    ['not-found', '/nowhere'],
    ...layers({ hub, host, guest: items.vms, database: DATABASE }),
  ];
}
