// What opens over a page: menus, dialogs, sheets, toasts. Each is a name, the address of the page, how one gets
// there, and the statuses of the refusals that this provokes.

import { until } from './browser.mjs';

/** What writes something writes something else each time: the same twice would be no change. */
let turn = 0;

const press = (key) => (page) => page.keyboard.press(key);
const click = async (page, name) => page.getByRole('button', { name, exact: true }).first().click();
const dialog = (page, name) => page.getByRole('dialog', name ? { name } : {}).last().waitFor();

const steps =
  (...acts) =>
  async (page) => {
    for (const act of acts) await act(page);
  };
const clicks = (name) => (page) => click(page, name);
const opens = (name) => (page) => dialog(page, name);

export function layers({ hub, host, guest, document, database }) {
  const item = `/items/${host}`;
  const edit = `/items/${guest}?edit=1`;
  // A message stays for a while, so it comes last.
  return [
    ['palette', '/', steps(press('Control+k'), (page) => seek(page, 'docker'))],
    ['palette-actions', '/', steps(press('Control+k'), (page) => seek(page, '>add'))],
    ['help', '/', steps(press('?'), opens('Keyboard shortcuts'))],
    ['add', '/', steps(clicks('Add'), opens('Add to the inventory'))],
    ['more', '/', steps(clicks('More'), opens('More'))],
    ['filter', '/inventory/vms', steps(clicks('Filter'), (page) => page.getByRole('dialog').getByRole('button', { name: 'Tags' }).click())],
    ['columns', '/inventory/vms', clicks('Choose columns')],
    ['views', '/inventory/vms', steps(clicks('Views'), opens('Views'))],
    ['view-save', '/inventory/vms', steps(clicks('Views'), clicks('Save as a new view…'), opens('Save as a view'))],
    ['selection', '/inventory/vms', selection],
    ['edit-several', '/inventory/vms', steps(selection, editSeveral)],
    ['edit-several-preview', '/inventory/vms', steps(selection, editSeveral, previewSeveral)],
    ['delete-several', '/inventory/hardware', deleteSeveral],
    ['delete', item, steps((page) => menu(page, 'Delete…'), opens())],
    ['item-menu', item, clicks('More actions')],
    ['source', item, (page) => page.getByRole('button', { name: /^Source of/ }).first().click()],
    ['relation', item, steps((page) => adding(page), opens('Add a relation'))],
    ['change', `/items/${guest}`, (page) => page.getByRole('button', { name: 'What changed' }).first().click()],
    ['icon-picker', edit, (page) => icons(page)],
    ['icon-symbols', edit, steps(icons, (page) => page.getByText('Symbols', { exact: true }).click())],
    ['icon-own', edit, steps(icons, (page) => page.getByText('Emoji and upload').click())],
    ['discard', edit, steps((page) => rename(page), press('Escape'), opens('Discard what you changed?'))],
    ['conflict', edit, (page) => conflict(page, hub, guest), [409]],
    ['refused', '/inventory/networks?new=1', refused, [400]],
    ['person', '/settings/users', steps(clicks('Add a person'), opens('Add a person'))],
    ['audit-call', '/audit', (page) => page.getByRole('main').getByRole('listitem').getByRole('button').first().click()],
    ['undo-session', '/activity?session=demo-session', steps(clicks('Undo this session…'), opens('Undo this session?'))],
    ['document-new', '/docs?new=1', opens('New document')],
    ['document-versions', `/docs/${document}`, steps(press('v'), opens('Versions'))],
    ['document-move', `/docs/${document}`, steps((page) => menu(page, 'Move…'), opens())],
    ['document-card', `/docs/${document}`, card],
    ['document-search', '/docs', (page) => page.locator('[data-filter]:visible').fill('the')],
    ['document-conflict', `/docs/${document}?edit=write`, (page) => contested(page, hub, document), [409]],
    ['map-filters', '/map', steps(clicks('Filters'), opens('Filters'))],
    ['map-connect', `/map?item=${host}`, steps((page) => page.getByRole('button', { name: /^Connect ./ }).click(), opens())],
    ['map-line', `/map?item=${host}`, steps((page) => page.getByRole('button', { name: /^Edit the line/ }).first().click(), opens())],
    ['import-preview', '/transfer', (page) => preview(page, database)],
    ['import-replace', '/transfer', steps(clicks('Replace everything…'), opens())],
    ['toast', item, saved],
  ];
}

async function seek(page, words) {
  await page.getByRole('dialog').getByRole('combobox').fill(words);
  await page.getByRole('option').first().waitFor();
}

async function menu(page, entry) {
  await click(page, 'More actions');
  await page.getByRole('menuitem', { name: entry }).click();
}

async function selection(page) {
  const bar = page.getByRole('toolbar', { name: 'Selection' });
  // A dialog that was just left may give the focus back to its opener only now.
  await until('two rows are chosen', async () => {
    await page.getByRole('grid').focus();
    for (const key of ['Escape', 'Home', 'x', 'j', 'x']) await page.keyboard.press(key);
    return bar.waitFor({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
  });
}

async function editSeveral(page) {
  await page.getByRole('toolbar', { name: 'Selection' }).getByRole('button', { name: 'Edit…' }).click();
  await dialog(page, 'Edit 2 items');
}

async function previewSeveral(page) {
  await page.getByLabel('Add tags').fill('looked-at');
  await click(page, 'Preview');
  await dialog(page, 'This will change');
}

async function deleteSeveral(page) {
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+a');
  await page.getByRole('toolbar', { name: 'Selection' }).getByRole('button', { name: 'Delete…' }).click();
  await dialog(page);
}

const adding = (page) =>
  page.locator('section, div.panel').filter({ has: page.getByRole('heading', { name: /^Relations/ }) }).last()
    .getByRole('button', { name: 'Add' }).click();

async function icons(page) {
  await page.locator('[data-field=icon]').getByRole('button', { name: /Choose|Change/ }).click();
  await page.getByRole('dialog', { name: 'Choose an icon' }).getByText('Symbols').waitFor();
}

async function rename(page, name = 'renamed here') {
  await page.getByRole('dialog').getByLabel('Name', { exact: false }).first().fill(name);
}

async function conflict(page, hub, id) {
  await rename(page);
  const { data } = await hub.get(`/vms/${id}`);
  await hub.api('PATCH', `/vms/${id}`, { name: `${data.name}-renamed`, notes: 'Changed elsewhere' });
  await click(page, 'Save');
  await dialog(page, 'Changed in the meantime');
}

async function card(page) {
  await page.getByRole('article').locator('a.mention').first().focus();
  await page.getByRole('tooltip').locator('dl, p').first().waitFor();
}

async function contested(page, hub, id) {
  const text = page.getByRole('textbox', { name: 'Text of the document' });
  await text.focus();
  await page.keyboard.type('Mine. ');
  const { content } = (await hub.get(`/documents/${id}`)).data;
  await hub.api('PATCH', `/documents/${id}`, { content: `Theirs, ${(turn += 1)}. ${content}` });
  await click(page, 'Compare…');
  await dialog(page, 'Written by two at once');
}

async function refused(page) {
  const sheet = page.getByRole('dialog');
  await rename(page, 'attic');
  await sheet.locator('[data-field=subnet] input').fill('not a network');
  await click(page, 'Add');
  await sheet.locator('[aria-invalid=true]').waitFor();
}

async function preview(page, database) {
  await page.locator('input[type=file]').setInputFiles(database);
  await page.getByRole('heading', { name: 'Review hub.db' }).waitFor();
}

async function saved(page) {
  await page.keyboard.press('e');
  await page.getByRole('dialog').getByLabel('Location').fill(`Rack, unit ${(turn += 1)}`);
  await page.keyboard.press('Control+Enter');
  await page.locator('[data-sonner-toast]').getByRole('button', { name: 'Undo' }).waitFor();
}
