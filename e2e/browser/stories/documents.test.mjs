// Writing documents: no key is lost, whoever leaves, whatever breaks, and whoever else writes.
import assert from 'node:assert/strict';

import { answered, settled, stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);

const make = async (hub, data) => (await hub.api('POST', '/documents', data)).data;
const stored = async (hub, id) => (await hub.get(`/documents/${id}`)).data;
const text = (page) => page.getByRole('textbox', { name: 'Text of the document' });
const state = (page, word) => page.getByRole('banner').or(page.locator('header')).getByText(word, { exact: true }).waitFor();
const dialog = (page, name) => page.getByRole('dialog', { name });
const article = (page) => page.getByRole('article');

/** Opens a document to write it, with the cursor behind its last word. */
async function write(page, id, how = 'write') {
  await page.goto(`/docs/${id}?edit=${how}`);
  await text(page).waitFor();
  await end(page);
}
async function end(page) {
  await text(page).focus();
  await page.keyboard.press('Control+End');
}
const says = (hub, id, words) => until(`the hub says "${words}"`, async () => (await stored(hub, id)).content === words);

story('a page is made, written, and saved by itself', async ({ page, hub }) => {
  await page.goto('/docs');
  await settled(page);
  await page.keyboard.press('c');
  const asks = dialog(page, 'New document');
  await asks.getByLabel('Title').fill('UPS failover');
  await page.keyboard.press('Enter');
  await text(page).waitFor();
  const id = Number(new URL(page.url()).pathname.split('/').at(-1));
  await page.getByRole('textbox', { name: 'Title' }).press('Enter');
  await page.keyboard.type('- [ ] one\ntwo\n\nafter the (list');
  await state(page, 'Saved');
  await says(hub, id, '- [ ] one\n- [ ] two\n\nafter the (list)');
  await page.getByRole('region', { name: 'Preview' }).getByText('after the (list)').waitFor();
  await page.getByRole('radio', { name: 'Read' }).click();
  await article(page).getByRole('checkbox').nth(1).waitFor();
});

story('whoever types and leaves at once has lost nothing', async ({ page, hub }) => {
  const first = await make(hub, { title: 'Left', content: 'begun' });
  await make(hub, { title: 'Elsewhere', content: '' });
  await write(page, first.id);
  await page.keyboard.type(' and left by a link');
  await page.getByRole('link', { name: 'Elsewhere', exact: true }).first().click();
  await says(hub, first.id, 'begun and left by a link');

  await write(page, first.id);
  await page.keyboard.type(', by the address bar');
  await page.goto('/inventory');
  await says(hub, first.id, 'begun and left by a link, by the address bar');

  await write(page, first.id);
  await page.keyboard.type(', by the way back');
  await page.goBack();
  await says(hub, first.id, 'begun and left by a link, by the address bar, by the way back');
});

story('a tab that is closed in the middle of a word', async ({ page, hub, context, fresh }) => {
  const { id } = await make(hub, { title: 'Closed', content: 'begun' });
  await write(page, id);
  await page.keyboard.type(' and closed');
  await page.close();
  const { page: again, trouble } = await fresh({ context });
  await again.goto(`/docs/${id}`);
  await article(again).getByText('begun and closed').waitFor();
  await says(hub, id, 'begun and closed');
  assert.deepEqual(trouble, []);
});

story('the hub dies, and is back', { refusals: ['net::', 502] }, async ({ page, hub }) => {
  const { id } = await make(hub, { title: 'Outage', content: 'begun' });
  await write(page, id);
  await page.keyboard.type(' before');
  await says(hub, id, 'begun before');
  await hub.kill();
  await page.keyboard.type(', during');
  await state(page, 'Kept here');
  await page.getByText('They are kept in this browser').waitFor();
  await page.keyboard.type(', and after');
  await hub.start();
  await says(hub, id, 'begun before, during, and after');
  await state(page, 'Saved');
});

story('the hub dies, and the tab is closed before it is back', { refusals: ['net::', 502] }, async ({ page, hub, context, fresh }) => {
  const { id } = await make(hub, { title: 'Dark', content: 'begun' });
  await write(page, id);
  await hub.kill();
  await page.keyboard.type(' in the dark');
  await state(page, 'Kept here');
  await page.close();
  await hub.start();
  const { page: again, trouble } = await fresh({ context });
  await again.goto('/docs');
  await again.getByRole('link', { name: /Dark.*not saved yet/ }).first().click();
  await article(again).getByText('begun in the dark').waitFor();
  await again.getByText('Words that were not saved are back').waitFor();
  await says(hub, id, 'begun in the dark');
  assert.deepEqual(trouble, []);
});

story('two tabs write the same lines: both are shown, one is chosen, and the other can be had back', { refusals: [409] }, async ({ page, hub, context, fresh }) => {
  const { id } = await make(hub, { title: 'Shared', content: 'the word is old' });
  await write(page, id);
  const { page: other } = await fresh({ context });
  await write(other, id);
  // Both have typed before either is saved.
  await page.keyboard.type(' one');
  await other.keyboard.type(' two');
  await until('one of them has to choose', async () => (await page.getByText('Somebody else saved').count()) + (await other.getByText('Somebody else saved').count()));
  const [late, early] = (await page.getByText('Somebody else saved').count()) ? [page, other] : [other, page];
  const [mine, theirs] = late === page ? ['one', 'two'] : ['two', 'one'];
  await late.getByRole('button', { name: 'Compare…' }).click();
  const asks = dialog(late, 'Written by two at once');
  await asks.getByText('keeper').waitFor();
  await asks.locator('.word-added', { hasText: mine }).waitFor();
  await asks.locator('.word-removed', { hasText: theirs }).waitFor();
  await asks.getByRole('button', { name: 'Keep mine' }).click();
  await says(hub, id, `the word is old ${mine}`);
  await until('the other tab shows it', async () => (await text(early).innerText()).includes(mine));
  const versions = (await hub.get(`/items/${id}/changes`)).data.flatMap((change) => change.diff).map((one) => one.after);
  assert.ok(versions.includes(`the word is old ${theirs}`), 'the other one is among the versions');
});

story('two write different lines: both stay', { refusals: [409] }, async ({ page, hub }) => {
  const { id } = await make(hub, { title: 'Apart', content: 'first\n\nmiddle\n\nlast' });
  await write(page, id);
  await page.keyboard.type(' mine');
  const { rev } = await stored(hub, id);
  await hub.api('PATCH', `/documents/${id}`, { content: 'first theirs\n\nmiddle\n\nlast', rev });
  await page.getByRole('button', { name: 'Compare…' }).click();
  const asks = dialog(page, 'Written by two at once');
  await asks.getByRole('radio', { name: 'Both in one' }).click();
  await asks.getByRole('button', { name: 'Keep both' }).click();
  await says(hub, id, 'first theirs\n\nmiddle\n\nlast mine');
  assert.match(await text(page).innerText(), /first theirs/);
});

story('theirs can be chosen, and mine stays among the versions', { refusals: [409] }, async ({ page, hub }) => {
  const { id } = await make(hub, { title: 'Given up', content: 'old' });
  await write(page, id);
  await page.keyboard.type(' mine');
  await hub.api('PATCH', `/documents/${id}`, { content: 'theirs' });
  await page.getByRole('button', { name: 'Compare…' }).click();
  await dialog(page, 'Written by two at once').getByRole('button', { name: 'Use theirs' }).click();
  await says(hub, id, 'theirs');
  await until('the editor shows theirs', async () => (await text(page).innerText()).trim() === 'theirs');
  await until('mine is a version', async () =>
    (await hub.get(`/items/${id}/changes`)).data.some((change) => change.diff.some((one) => one.after === 'old mine')),
  );
});

story('what somebody else writes appears while nothing is typed, and moving the page is no conflict', async ({ page, hub }) => {
  const { id } = await make(hub, { title: 'Watched', content: 'old' });
  await write(page, id);
  await hub.api('PATCH', `/documents/${id}`, { content: 'old and theirs' });
  await until('it is in the editor', async () => (await text(page).innerText()).trim() === 'old and theirs');
  await end(page);
  await page.keyboard.type(', mine');
  await hub.api('PATCH', `/documents/${id}/move`, { sort_order: 77 });
  await says(hub, id, 'old and theirs, mine');
});

story('a page that is deleted while it is written can be made again', { refusals: [404] }, async ({ page, hub }) => {
  const { id } = await make(hub, { title: 'Doomed', content: 'old' });
  await write(page, id);
  await page.keyboard.type(' and mine');
  await hub.api('DELETE', `/documents/${id}`);
  await page.getByText('Somebody deleted this page').waitFor();
  await page.getByRole('button', { name: 'Create it again' }).click();
  await page.waitForURL((url) => /\/docs\/\d+$/.test(url.pathname) && !url.pathname.endsWith(`/${id}`));
  await article(page).getByText('old and mine').waitFor();
});

story('an old version is looked at and restored', async ({ page, hub }) => {
  const { id } = await make(hub, { title: 'Draft', content: 'first words' });
  await hub.api('PATCH', `/documents/${id}`, { title: 'Plan', content: 'other words' }, { 'x-labkeeper-session': 'later' });
  await page.goto(`/docs/${id}`);
  await article(page).getByText('other words').waitFor();
  const { data: list } = await answered(page, `/api/documents/${id}/versions`, () => page.keyboard.press('v'));
  assert.deepEqual(list.map(Object.keys), list.map(() => ['id', 'at', 'actor', 'via', 'first']), 'the list has no texts');
  const sheet = dialog(page, 'Versions');
  await sheet.getByRole('list', { name: 'Versions' }).getByRole('button').nth(1).click();
  await sheet.getByRole('radio', { name: 'From it to now' }).click();
  await sheet.locator('.word-removed', { hasText: 'first' }).waitFor();
  await sheet.getByRole('button', { name: 'Restore this version' }).click();
  await article(page).getByText('first words').waitFor();
  await says(hub, id, 'first words');
  assert.equal((await stored(hub, id)).title, 'Draft');
  await page.getByRole('heading', { name: 'Draft', level: 1 }).waitFor();
  await page.keyboard.press('v');
  await sheet.locator('.word-added', { hasText: 'first' }).waitFor();
});

story('tasks are ticked where they are read', async ({ page, hub }) => {
  const content = '```\n- [ ] code\n```\n\n- [ ] one\n- [x] two';
  const { id } = await make(hub, { title: 'Tasks', content });
  await page.goto(`/docs/${id}`);
  await article(page).getByRole('checkbox', { name: 'one' }).check();
  await says(hub, id, content.replace('[ ] one', '[x] one'));
  await until('the keyboard is still there', () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'one'));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await says(hub, id, content.replace('[ ] one', '[x] one').replace('[x] two', '[ ] two'));
});

story('items are linked by name, shown on hover, and lead back', async ({ page, hub }) => {
  const { data: item } = await hub.api('POST', '/hardware', { name: 'nas-01', hostname: 'nas.lab.example' });
  const target = await make(hub, { title: 'Disk plan', content: 'x' });
  const { id } = await make(hub, { title: 'Links', content: '' });
  await write(page, id, 'split');
  await page.keyboard.type('see [[nas');
  await page.getByRole('option', { name: /nas-01/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.type(' and [[Disk plan]]');
  await says(hub, id, 'see [[nas-01]] and [[Disk plan]]');
  await page.getByRole('radio', { name: 'Read' }).click();
  const link = article(page).getByRole('link', { name: 'nas-01' }).first();
  assert.equal(await link.getAttribute('href'), `/items/${item.id}`);
  await link.hover();
  await page.getByRole('tooltip').getByText('nas.lab.example').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('tooltip').waitFor({ state: 'detached' });
  await article(page).getByRole('link', { name: 'Disk plan' }).first().click();
  await page.getByRole('heading', { name: 'Disk plan', level: 1 }).waitFor();
  await page.getByRole('region', { name: 'Pages that link here' }).getByRole('link', { name: 'Links' }).waitFor();

  await page.keyboard.press('e');
  await page.getByRole('textbox', { name: 'Title' }).fill('Disks');
  await text(page).focus();
  await page.getByText('links here by the old name').waitFor();
  await page.getByRole('button', { name: 'Change the links' }).click();
  await says(hub, id, 'see [[nas-01]] and [[Disks]]');
  assert.equal((await stored(hub, target.id)).title, 'Disks');

  await page.goto(`/items/${item.id}`);
  await page.getByRole('region', { name: 'Documents' }).getByRole('link', { name: 'Links' }).click();
  await page.getByRole('heading', { name: 'Links', level: 1 }).waitFor();
});

story('a picture is made small enough, kept by the hub and shown', async ({ page, hub }) => {
  const { id } = await make(hub, { title: 'Picture', content: 'before' });
  await write(page, id, 'split');
  const bytes = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 800 });
    const paint = canvas.getContext('2d');
    const noise = paint.createImageData(800, 800);
    for (let at = 0; at < noise.data.length; at += 1) noise.data[at] = at % 4 === 3 ? 255 : (at * 2654435761) >>> 24;
    paint.putImageData(noise, 0, 0);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.98));
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  assert.ok(bytes.length > 300_000, 'it is too large as it is');
  await page.locator('input[type=file]').setInputFiles({ name: 'rack [front].jpg', mimeType: 'image/jpeg', buffer: Buffer.from(bytes) });
  const shown = page.getByRole('region', { name: 'Preview' }).getByRole('img', { name: 'rack front' });
  await until('it is drawn', () => shown.evaluate((image) => image.naturalWidth > 0).catch(() => false));
  await until('the text names it', async () => /before!\[rack {1,2}front\]\(\/api\/icons\/[0-9a-f]{64}\)/.test((await stored(hub, id)).content));
});

story('the pages are looked through', async ({ page, hub }) => {
  await make(hub, { title: 'Needle case', content: 'nothing' });
  await make(hub, { title: 'Hay', content: 'in here is a **needle**, well hidden' });
  await page.goto('/docs');
  await settled(page);
  await page.keyboard.press('/');
  await page.keyboard.type('needle');
  const nav = page.getByRole('navigation', { name: 'Documents' }).first();
  await nav.getByText('2 pages').waitFor();
  await nav.getByText('in here is a').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Needle case', level: 1 }).waitFor();
  await page.locator('[data-filter]').first().fill('nosuchword');
  await nav.getByText('No page says that').waitFor();
});

story('who may only read ticks and writes nothing', async ({ page, hub, browser }) => {
  const { id } = await make(hub, { title: 'Closed to you', content: '- [ ] a task' });
  await page.goto('/docs');
  const made = await page.request.post('/api/users', {
    data: { name: 'guest', password: 'long enough to be one', role: 'viewer' },
    headers: { 'x-labkeeper': '1' },
  });
  assert.equal(made.status(), 201, await made.text());
  const context = await browser.newContext({ baseURL: hub.url });
  await context.request.post('/api/auth/login', { data: { name: 'guest', password: 'long enough to be one' }, failOnStatusCode: true });
  const reader = await context.newPage();
  await reader.goto(`/docs/${id}?edit=1`);
  await article(reader).getByText('a task').waitFor();
  assert.equal(await reader.getByRole('checkbox').isDisabled(), true);
  assert.equal(await reader.getByRole('radio', { name: 'Write' }).count(), 0);
  assert.equal(await reader.locator('a[data-page][draggable=true]').count(), 0);
  await context.close();
});
