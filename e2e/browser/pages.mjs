// Every page and layer of the web app, with addresses found through the API of the hub under test.

const first = async (hub, kind, name) => {
  const { data } = await hub.get(`/${kind}?limit=500`);
  return (data.find((row) => row.name === name) ?? data[0]).id;
};

/** Name, address, and what opens the layer that is meant. */
export async function pages(hub) {
  const [guest, host, network] = await Promise.all([first(hub, 'vms'), first(hub, 'hardware', 'nas-01'), first(hub, 'networks')]);
  const documents = (await hub.get('/documents?limit=500')).data;
  const page = documents.find((one) => one.parent_id)?.id ?? documents[0].id;
  const drift = (await hub.get('/drift')).data[0];
  return [
    ['overview', '/'],
    ['inventory', '/inventory'],
    ['hardware', '/inventory/hardware'],
    ['vms', '/inventory/vms'],
    ['networks', '/inventory/networks'],
    ['nothing-matches', '/inventory/vms?q=nosuchword'],
    ['item', `/items/${guest}`],
    ['host', `/items/${host}`],
    ['network', `/items/${network}`],
    ['item-with-drift', `/items/${drift.item.id}`],
    ['edit', `/items/${guest}?edit=1`],
    ['new', '/inventory/apps?new=1'],
    ['docs', '/docs'],
    ['document', `/docs/${page}`],
    ['document-edit', `/docs/${page}?edit=1`],
    ['drift', '/drift'],
    ['activity', '/activity'],
    ['transfer', '/transfer'],
    ['settings', '/settings'],
    ['appearance', '/settings/appearance'],
    ['tokens', '/settings/tokens'],
    ['users', '/settings/users'],
    ['about', '/settings/about'],
    ['not-found', '/nowhere'],
    ['palette', '/', palette],
    ['help', '/', (sight) => sight.keyboard.press('?')],
    ['delete', `/items/${host}`, deletion],
  ];
}

async function palette(sight) {
  await sight.keyboard.press('Control+k');
  await sight.getByRole('dialog').getByRole('combobox').fill('docker');
  await sight.getByRole('option').first().waitFor();
}

async function deletion(sight) {
  await sight.getByRole('button', { name: 'More actions' }).click();
  await sight.getByRole('menuitem', { name: 'Delete…' }).click();
  await sight.getByRole('dialog').waitFor();
}
