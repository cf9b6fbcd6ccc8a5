// Tables that people work in: the same edit of many rows, columns, saved views, CSV and paper.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { PHONE, settled, stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';
import { look } from '../look.mjs';

const story = stories(async () => {
  const hub = await startClosedHub();
  const item = (type, data) => ({ type, data });
  await hub.api('POST', '/bulk', {
    create: [
      item('hardware', { name: 'pve-01' }),
      item('networks', { name: 'servers', subnet: '10.0.20.0/24' }),
      ...['dns', 'mail', 'web', '=cmd'].map((name, n) => item('vms', { name, cpu_cores: n + 1, tags: n < 2 ? ['old'] : [] })),
      ...Array.from({ length: 150 }, (_, n) => item('misc', { name: `thing-${n}`, category: 'shelf' })),
    ],
  });
  return hub;
});

const names = async (page) => (await page.getByRole('grid').getByRole('row').getByRole('link').allInnerTexts()).sort();
const shows = (page, wanted) => until(`the rows ${wanted}`, async () => (await names(page)).join() === [...wanted].sort().join());
const heads = (page) =>
  page.getByRole('columnheader').getByRole('button').allInnerTexts().then((all) => all.map((text) => text.trim()));
const row = async (hub, name) => (await hub.get('/vms')).data.find((one) => one.name === name);

async function choose(page, ...wanted) {
  for (const name of wanted) await page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check();
}

async function fileOf(page, act) {
  const [file] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

story('the row that is chosen, the one under the mouse and the cursor look unlike the others', async ({ page }) => {
  await page.goto('/inventory/vms');
  await settled(page);
  const rows = page.getByRole('grid').getByRole('row');
  const colour = (n) => rows.nth(n).evaluate((element) => getComputedStyle(element).backgroundColor);
  await page.getByRole('heading', { level: 1 }).hover();
  const plain = await colour(2);
  await rows.nth(2).hover();
  await until('the row under the mouse stands out', async () => (await colour(2)) !== plain);
  await page.getByRole('heading', { level: 1 }).hover();
  await until('it no longer does', async () => (await colour(2)) === plain);
  await rows.nth(2).getByRole('checkbox').check();
  await page.getByRole('heading', { level: 1 }).hover();
  await until('the chosen row stands out', async () => (await colour(2)) !== plain);
  assert.equal(await colour(3), plain);
});

story('many rows are edited after a look at what it does, and one undo takes it back', async ({ page, hub }) => {
  await page.goto('/inventory/vms');
  await settled(page);
  await choose(page, 'dns', 'mail');
  await page.getByRole('button', { name: 'Edit…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit 2 items' });
  await dialog.getByLabel('Add tags').fill('prod, core');
  await dialog.getByLabel('Remove tags').fill('old');
  await dialog.getByLabel('Join a network').fill('serv');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Set a field').selectOption({ label: 'Cores' });
  await dialog.getByLabel('Cores', { exact: true }).fill('8');
  const mail = await row(hub, 'mail');
  await hub.api('PATCH', `/vms/${mail.id}`, { notes: 'somebody was here' });
  await dialog.getByRole('button', { name: 'Preview' }).click();
  const preview = page.getByRole('dialog', { name: 'This will change' });
  await preview.getByText('prod, core').waitFor();
  assert.match(await preview.getByRole('region', { name: 'Left as they are' }).innerText(), /mail: It was changed since you read it/);
  assert.equal((await row(hub, 'dns')).cpu_cores, 1, 'a look changes nothing');
  await preview.getByRole('button', { name: 'Change 1' }).click();
  await page.getByText('Changed 1 item', { exact: true }).waitFor();
  const { tags, cpu_cores } = await row(hub, 'dns');
  assert.deepEqual([tags, cpu_cores], [['prod', 'core'], 8]);
  await page.locator('[data-sonner-toast]').getByRole('button', { name: 'Undo' }).click();
  await until('as it was', async () => {
    const { tags, cpu_cores } = await row(hub, 'dns');
    return tags.join() === 'old' && cpu_cores === 1;
  });
});

story('what somebody changed since the look at it is left alone, and why is said', async ({ page, hub }) => {
  await page.goto('/inventory/vms');
  await settled(page);
  await choose(page, 'dns', 'web');
  await page.getByRole('button', { name: 'Edit…' }).click();
  await page.getByRole('dialog', { name: 'Edit 2 items' }).getByLabel('Add tags').fill('late');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('button', { name: 'Change 2' }).waitFor();
  await hub.api('PATCH', `/vms/${(await row(hub, 'web')).id}`, { notes: 'somebody was faster' });
  await page.getByRole('button', { name: 'Change 2' }).click();
  const partly = page.getByRole('dialog', { name: 'Changed 1 item' });
  assert.match(await partly.getByRole('region', { name: 'Left as they are' }).innerText(), /1 item stays as it is[^]*web: It was changed since/);
  const tags = async (name) => (await row(hub, name)).tags;
  assert.deepEqual([await tags('dns'), await tags('web')], [['old', 'late'], []]);
  await partly.getByRole('button', { name: 'Undo what was changed' }).click();
  await partly.waitFor({ state: 'detached' });
  assert.deepEqual(await tags('dns'), ['old']);
});

story('what the hub does not take is said in the dialog', { refusals: [400] }, async ({ page }) => {
  await page.goto('/inventory/vms');
  await settled(page);
  await choose(page, 'dns', 'web');
  await page.getByRole('button', { name: 'Edit…' }).click();
  await page.getByLabel('Set a field').selectOption({ label: 'Cores' });
  await page.getByLabel('Cores', { exact: true }).fill('many');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('2 items stay as they are').waitFor();
  assert.ok(await page.getByRole('button', { name: /^Change/ }).isDisabled());
  await page.getByRole('button', { name: 'Back' }).click();
  assert.equal(await page.getByLabel('Cores', { exact: true }).inputValue(), 'many', 'what was typed is kept');
});

story('columns are chosen, ordered and made wide by the keyboard, and stay so', async ({ page }) => {
  await page.goto('/inventory/vms');
  await settled(page);
  await page.getByRole('columnheader', { name: 'Name', exact: true }).waitFor();
  const before = await heads(page);
  await page.getByRole('button', { name: 'Choose columns' }).press('Enter');
  const panel = page.getByRole('dialog', { name: 'Columns' });
  await panel.getByRole('checkbox', { name: 'Created' }).press('Space');
  const second = before[1];
  await panel.getByRole('checkbox', { name: second, exact: true }).focus();
  await page.keyboard.press('Alt+ArrowDown');
  await until('moved', async () => (await heads(page))[2] === second);
  assert.ok(await panel.getByRole('checkbox', { name: second, exact: true }).evaluate((box) => box === document.activeElement), 'the focus goes along');
  await panel.getByLabel('Width of Name in pixels').fill('320');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  const wide = () => page.getByRole('columnheader', { name: 'Name', exact: true }).evaluate((head) => head.offsetWidth);
  await until('320 pixels', async () => (await wide()) === 320);
  await page.reload();
  await settled(page);
  await until('kept', async () => (await heads(page))[2] === second && (await heads(page)).includes('Created') && (await wide()) === 320);
  const head = await page.getByRole('columnheader', { name: 'Name', exact: true }).boundingBox();
  await page.mouse.move(head.x + head.width - 3, head.y + head.height / 2);
  await page.mouse.down();
  await until('dragged', async () => {
    await page.mouse.move(head.x + head.width + 57, head.y + head.height / 2);
    await page.mouse.move(head.x + head.width + 60, head.y + head.height / 2);
    return (await wide()) > 370;
  });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Choose columns' }).click();
  await page.getByRole('button', { name: 'Standard columns' }).click();
  await until('standard', async () => (await heads(page)).join() === before.join());
});

story('whoever lets go of an edge before its code is there drags nothing', async ({ page }) => {
  let give;
  const asked = new Promise((resolve) => (give = resolve));
  await page.route('**/assets/arrange-*.js', (route) => give(route));
  await page.goto('/inventory/vms');
  await settled(page);
  const name = page.getByRole('columnheader', { name: 'Name', exact: true });
  const head = await name.boundingBox();
  await page.mouse.move(head.x + head.width - 3, head.y + head.height / 2);
  await page.mouse.down();
  const route = await asked;
  await page.mouse.up();
  await Promise.all([page.waitForEvent('requestfinished', (one) => one.url().includes('arrange-')), route.continue()]);
  // The same code, asked for once more, has run for sure when it answers.
  await page.evaluate((url) => import(url), route.request().url());
  await page.mouse.move(head.x + head.width + 90, head.y + head.height / 2);
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  assert.equal((await name.boundingBox()).width, head.width);
});

story('a view keeps filter, order and columns, is a link and an entry of the palette', async ({ page, hub }) => {
  await page.goto('/inventory/vms?tag=old&sort=-name');
  await settled(page);
  await page.getByRole('button', { name: 'Choose columns' }).click();
  await page.getByRole('dialog', { name: 'Columns' }).getByRole('checkbox', { name: 'Updated' }).uncheck();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: 'Save as a new view…' }).click();
  await page.getByRole('dialog', { name: 'Save as a view' }).getByLabel('Name').fill('Old ones');
  await page.getByRole('checkbox', { name: /For everyone/ }).check();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Old ones' }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  await until('the focus back on the button', async () => (await focused()) === 'Old ones');
  const [view] = (await hub.get('/views')).data;
  assert.deepEqual([view.query, view.everyone, view.owner], ['sort=-name&tag=old', true, 'keeper']);

  await page.getByRole('button', { name: 'Old ones' }).click();
  await page.getByRole('button', { name: 'Everything' }).click();
  await shows(page, ['dns', 'mail', 'web', '=cmd']);
  assert.equal(new URL(page.url()).search, '');
  await page.goto(`/inventory/vms?view=${view.id}`);
  await shows(page, ['dns', 'mail']);
  assert.ok(!(await heads(page)).includes('Updated'));
  assert.match(page.url(), /tag=old/, 'the address says what is shown');

  await page.goto('/');
  await settled(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('>old ones');
  await page.getByRole('option', { name: 'Show view Old ones' }).click();
  await shows(page, ['dns', 'mail']);

  await page.getByPlaceholder('Filter by any word in a row').fill('mail');
  await page.getByRole('button', { name: /^Old ones/ }).click();
  await page.getByRole('button', { name: 'Save what is different' }).click();
  await until('saved anew', async () => (await hub.get('/views')).data[0].query.includes('q=mail'));
  await page.getByRole('button', { name: /^Old ones/ }).click();
  await page.getByRole('button', { name: 'Name and use…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Mail only');
  await page.getByRole('checkbox', { name: /This list opens with it/ }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Mail only' }).waitFor();
  await page.goto('/inventory/vms');
  await shows(page, ['mail']);

  await page.getByRole('button', { name: 'Mail only' }).click();
  await page.getByRole('button', { name: 'Delete this view' }).click();
  await page.getByRole('button', { name: 'Views' }).waitFor();
  await page.locator('[data-sonner-toast]').getByRole('button', { name: 'Undo' }).click();
  await until('there again', async () => (await hub.get('/views')).data.length === 1);
  await page.evaluate((id) => fetch(`/api/views/${id}`, { method: 'DELETE', headers: { 'x-labkeeper': '1' } }), view.id);
});

story('the last filter of a view can be taken away, and a new name keeps what is not saved yet', async ({ page, hub }) => {
  const { data } = await hub.api('POST', '/views', { list: 'vms', name: 'Aged', query: 'tag=old', everyone: true });
  await page.goto(`/inventory/vms?view=${data.id}`);
  await shows(page, ['dns', 'mail']);
  await page.getByRole('button', { name: /^Remove filter/ }).click();
  await shows(page, ['dns', 'mail', 'web', '=cmd']);
  await page.getByRole('button', { name: 'Choose columns' }).click();
  await page.getByRole('dialog', { name: 'Columns' }).getByRole('checkbox', { name: 'Updated' }).uncheck();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Aged/ }).click();
  await page.getByRole('button', { name: 'Name and use…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Of age');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: /^Of age.*changed/ }).waitFor();
  assert.ok(!(await heads(page)).includes('Updated'));
  await shows(page, ['dns', 'mail', 'web', '=cmd']);
  // Whoever asks for the view anew gets it as it is.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('>of age');
  await page.getByRole('option', { name: 'Show view Of age' }).click();
  await shows(page, ['dns', 'mail']);
  await hub.api('DELETE', `/views/${data.id}`);
});

story('who saves a view after somebody else did is asked, and either way comes about', { refusals: [409] }, async ({ page, hub }) => {
  const { data } = await hub.api('POST', '/views', { list: 'vms', name: 'Ours', query: 'tag=old', everyone: true });
  const view = async () => (await hub.get('/views')).data.find(({ id }) => id === data.id);
  const elsewhere = async (part) => hub.api('PUT', `/views/${data.id}`, { ...(await view()), mine: undefined, owner: undefined, ...part });
  const choose = async (words) => {
    await page.getByRole('button', { name: /^Ours/ }).click();
    await page.getByRole('button', { name: words }).click();
  };
  const conflict = page.getByRole('dialog', { name: 'Changed in the meantime' });
  const filter = page.getByPlaceholder('Filter by any word in a row');
  await page.goto(`/inventory/vms?view=${data.id}`);
  await shows(page, ['dns', 'mail']);

  // Who changed nothing has what the other saved, without asking.
  await elsewhere({ query: 'q=web' });
  await shows(page, ['web']);
  // Who did keeps what they see, and may not write over what they never saw.
  await filter.fill('mail');
  await shows(page, ['mail']);
  await elsewhere({ query: 'q=dns' });
  await choose('Save what is different');
  await conflict.getByRole('region', { name: 'Theirs' }).getByText('dns').waitFor();
  await conflict.getByRole('region', { name: 'Yours' }).getByText('mail').waitFor();
  assert.equal((await view()).query, 'q=dns');
  await conflict.getByRole('button', { name: 'Back to the list' }).click();
  await conflict.waitFor({ state: 'detached' });
  await choose('Save what is different');
  await conflict.getByRole('button', { name: 'Use theirs' }).click();
  await shows(page, ['dns']);
  assert.equal((await view()).query, 'q=dns');

  await filter.fill('mail');
  await elsewhere({ query: 'q=web' });
  await choose('Save what is different');
  await conflict.getByRole('button', { name: 'Keep mine' }).click();
  await until('mine is kept', async () => (await view()).query === 'q=mail');
  await shows(page, ['mail']);

  // A name and a filter are no quarrel: the dialog was open before the filter was changed elsewhere.
  await choose('Name and use…');
  const dialog = page.getByRole('dialog', { name: 'View “Ours”' });
  await elsewhere({ query: 'q=dns' });
  await dialog.getByLabel('Name').fill('Ours alone');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await until('named, and theirs besides', async () => {
    const { name, query } = await view();
    return name === 'Ours alone' && query === 'q=dns';
  });
  await shows(page, ['dns']);

  await filter.fill('web');
  await elsewhere({ query: 'q=mail' });
  await choose('Delete this view');
  await conflict.getByRole('button', { name: 'Delete it all the same' }).click();
  await until('it is gone', async () => !(await view()));
});

story('a table is taken along as CSV, every row of it and no formula', async ({ page }) => {
  await page.goto('/inventory/vms?sort=name');
  await settled(page);
  const vms = await fileOf(page, () => page.getByRole('button', { name: 'Export this table as CSV' }).click());
  assert.equal(vms.name, 'labkeeper-vms.csv');
  assert.ok(vms.text.startsWith('\uFEFF'), 'spreadsheets see that it is UTF-8');
  assert.match(vms.text, /\r\n'=cmd,/);
  assert.equal(vms.text.trim().split('\r\n').length, 5);
  await page.goto('/inventory/misc');
  await settled(page);
  const things = await fileOf(page, () => page.getByRole('button', { name: 'Export this table as CSV' }).click());
  assert.equal(things.text.trim().split('\r\n').length, 151, 'not only what is in sight');
  for (const [path, name, word] of [
    ['/activity', 'labkeeper-changes.csv', 'inventory_bulk'],
    ['/audit', 'labkeeper-audit.csv', 'inventory_bulk'],
  ]) {
    await page.goto(path);
    await settled(page);
    await page.getByRole('button', { name: 'More actions' }).click();
    const file = await fileOf(page, () => page.getByRole('menuitem', { name: 'Export as CSV' }).click());
    assert.equal(file.name, name);
    assert.ok(file.text.includes(word), file.text.slice(0, 300));
  }
});

story('paper has every row, the heads, the address and nothing to click', async ({ page, hub }) => {
  await page.goto('/inventory/misc');
  await settled(page);
  await page.getByRole('button', { name: 'Choose columns' }).waitFor();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  const table = page.locator('table.paper');
  await table.waitFor();
  assert.equal(await table.locator('tbody tr').count(), 150);
  assert.deepEqual(await page.getByRole('grid').isVisible(), false);
  assert.equal(await page.getByRole('navigation').first().isVisible(), false);
  const style = await page.evaluate(() => [
    getComputedStyle(document.querySelector('table.paper thead')).display,
    getComputedStyle(document.querySelector('#main'), '::before').content,
    getComputedStyle(document.body).backgroundColor,
  ]);
  assert.equal(style[0], 'table-header-group');
  assert.ok(style[1].includes(`${hub.url}/inventory/misc`), style[1]);
  assert.equal(style[2], 'rgb(255, 255, 255)');
  const pdf = await page.pdf({ format: 'A4' });
  assert.ok((pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length > 1, 'it goes over pages');
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: 'screen' });
  assert.equal(await table.count(), 0);
});

story('in the hand views are chosen, and the dialog fits', { viewport: PHONE }, async ({ page, hub }) => {
  const { data } = await hub.api('POST', '/views', { list: 'vms', name: 'Small', query: 'q=web', everyone: true });
  await page.goto('/inventory/vms');
  await settled(page);
  await page.getByRole('button', { name: 'Views' }).tap();
  await page.getByRole('button', { name: /^Small/ }).tap();
  await shows(page, ['web']);
  assert.deepEqual(await look(page, 'view-in-the-hand'), []);
  await hub.api('DELETE', `/views/${data.id}`);
});
