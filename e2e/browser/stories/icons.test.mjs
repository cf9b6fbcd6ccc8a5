// Choosing how an item looks, with nothing from elsewhere.
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';

import { stories, until } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);

/** One grey pixel as PNG. */
function pixel() {
  const table = Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n >>> 0;
  });
  const crc = (bytes) => ~bytes.reduce((sum, byte) => table[(sum ^ byte) & 255] ^ (sum >>> 8), -1) >>> 0;
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.from([0, 128]))), chunk('IEND', Buffer.alloc(0))]);
}

story('a logo, a symbol, an emoji or an own picture is chosen and shown', async ({ page, hub }) => {
  const item = (await hub.api('POST', '/apps', { name: 'jellyfin' })).data;
  const picker = page.getByRole('dialog', { name: 'Choose an icon' });
  const edit = async (choose) => {
    await page.goto(`/items/${item.id}?edit=1`);
    const sheet = page.getByRole('dialog', { name: 'Edit jellyfin' });
    await sheet.locator('[data-field=icon]').getByRole('button', { name: /Choose|Change/ }).click();
    await choose(sheet);
    await sheet.getByRole('button', { name: 'Save', exact: true }).click();
    await sheet.waitFor({ state: 'detached' });
    return (await hub.get(`/apps/${item.id}`)).data.icon;
  };
  const summary = page.getByRole('region', { name: 'Summary' });
  const drawn = (from) => summary.locator(`use[href^="${from}#"]`).waitFor({ state: 'attached' });

  assert.equal(
    await edit(async () => {
      await picker.getByText('Suggested').waitFor();
      await picker.getByRole('button', { name: 'Jellyfin' }).first().click();
    }),
    'si:jellyfin',
  );
  await drawn('/brand.svg');

  const symbol = await edit(async () => {
    await picker.getByText('Symbols').click();
    await picker.getByLabel('Find an icon').fill('router');
    await picker.getByRole('button', { name: 'router', exact: true }).click();
  });
  assert.equal(symbol, 'lucide:router');
  await drawn('/symbols.svg');

  assert.equal(
    await edit(async () => {
      await picker.getByText('Emoji and upload').click();
      await picker.getByRole('button', { name: '🐳' }).click();
    }),
    '🐳',
  );

  const own = await edit(async (sheet) => {
    await picker.getByText('Emoji and upload').click();
    const file = (bytes) => ({ name: 'own.png', mimeType: 'image/png', buffer: bytes });
    await picker.locator('input[type=file]').setInputFiles(file(Buffer.alloc(300 * 1024)));
    await picker.getByText('larger than 256 KiB').waitFor();
    await picker.locator('input[type=file]').setInputFiles(file(pixel()));
    await sheet.getByRole('button', { name: 'Change' }).waitFor();
    await picker.waitFor({ state: 'hidden' });
  });
  assert.match(own, /^\/api\/icons\//);
  await until('the picture drawn', () => summary.locator('img').evaluate((image) => image.complete && image.naturalWidth === 1));

  const none = await edit(async (sheet) => {
    await page.keyboard.press('Escape');
    await sheet.getByRole('button', { name: 'Use the standard one' }).click();
  });
  assert.ok(!none, `nothing is stored: ${none}`);
});
