// Every page and layer worth looking at, with addresses found through the API of the hub under test.
import { BASE } from './browser.mjs';

const get = async (path) => (await fetch(`${BASE}/api${path}`)).json();

export async function pages() {
  const [vms, docs, hardware] = await Promise.all([get('/vms'), get('/documents'), get('/hardware')]);
  const vm = vms.data[0]?.id;
  const host = hardware.data[0]?.id;
  const doc = docs.data.find((d) => d.parent_id)?.id ?? docs.data[0]?.id;
  const press = (keys) => (page) => page.keyboard.press(keys);
  return [
    { name: 'overview', path: '/' },
    { name: 'inventory', path: '/inventory' },
    { name: 'vms', path: '/inventory/vms' },
    { name: 'hardware', path: '/inventory/hardware?tag=prod' },
    { name: 'networks', path: '/inventory/networks' },
    { name: 'item', path: `/items/${vm}` },
    { name: 'host', path: `/items/${host}` },
    { name: 'edit', path: `/items/${vm}?edit=1` },
    { name: 'new', path: '/inventory/apps?new=1' },
    { name: 'docs', path: `/docs/${doc}` },
    { name: 'doc-edit', path: `/docs/${doc}?edit=1` },
    { name: 'drift', path: '/drift' },
    { name: 'activity', path: '/activity' },
    { name: 'transfer', path: '/transfer' },
    { name: 'settings', path: '/settings' },
    { name: 'tokens', path: '/settings/tokens' },
    { name: 'users', path: '/settings/users' },
    { name: 'about', path: '/settings/about' },
    { name: 'missing', path: '/nowhere' },
    {
      name: 'palette',
      path: '/',
      act: async (page) => {
        await page.keyboard.press('Control+k');
        await page.locator('[role=dialog] input').fill('docker');
        await page.waitForTimeout(500);
      },
    },
    { name: 'help', path: '/', act: press('?') },
    {
      name: 'delete',
      path: `/items/${host}`,
      act: async (page) => {
        await page.getByRole('button', { name: 'More actions' }).click();
        await page.getByRole('menuitem', { name: 'Delete…' }).click();
      },
    },
    {
      name: 'menu',
      path: '/inventory/vms',
      act: (page) =>
        page
          .getByRole('button', { name: /^Actions for/ })
          .first()
          .click({ force: true }),
    },
    {
      name: 'filter',
      path: '/inventory/vms',
      act: async (page) => {
        await page.getByRole('button', { name: 'Filter', exact: true }).click();
        await page.getByRole('dialog', { name: 'Filter by a field' }).getByRole('button', { name: 'Tags' }).click();
      },
    },
    {
      name: 'icons',
      path: `/items/${vm}?edit=1`,
      act: async (page) => {
        await page.getByRole('button', { name: /^(Change|Choose)$/ }).click();
        await page.waitForTimeout(300);
      },
    },
    {
      name: 'diff',
      path: '/activity',
      act: async (page) => {
        for (let left = 4; left; left -= 1) {
          const button = page.getByRole('button', { name: 'What changed' }).first();
          if (await button.count()) await button.click();
        }
        await page.waitForTimeout(300);
      },
    },
    {
      name: 'source',
      path: `/items/${vm}`,
      act: (page) =>
        page
          .getByRole('button', { name: /^Source of/ })
          .first()
          .click(),
    },
  ];
}
