// Stored markup stays text: every field of every kind, documents, tags, custom fields, links and files.
import assert from 'node:assert/strict';

import { settled, stories } from '../browser.mjs';
import { startClosedHub } from '../hub.mjs';

const story = stories(startClosedHub);

/** Each would call `struck` if it came alive. */
const CORPUS = [
  '<script>struck()</script>',
  '<img src=x onerror=struck()>',
  '"><svg onload=struck()>',
  "javascript:struck()",
  '{{constructor.constructor("struck()")()}}',
  '</textarea><iframe srcdoc="<script>parent.struck()</script>">',
  '\u202e<b onmouseover=struck()>x</b>',
  "'-struck()-'",
];
const DOCUMENT = [
  ...CORPUS,
  '[a](javascript:struck())',
  '[b](data:text/html,<script>struck()</script>)',
  '![c](x" onerror="struck())',
  '<a href="javascript:struck()">d</a>',
  '<details open ontoggle=struck()>e</details>',
  '<form action="javascript:struck()"><button>f</button></form>',
  '<style>@import "//example.org/x.css"</style>',
  '<math><mtext><table><mglyph><style><img src=x onerror=struck()>',
  '```html\n<script>struck()</script>\n```',
  '[[<img src=x onerror=struck()>]]',
  '[g](https://example.org/outside)',
].join('\n\n');

/** What a page did or holds that text must not. */
const alive = (page) =>
  page.evaluate(() => ({
    struck: globalThis.hits ?? 0,
    scripts: [...document.scripts].filter((script) => !script.src.startsWith(location.origin)).length,
    frames: document.querySelectorAll('iframe, object, embed').length,
    handlers: [...document.querySelectorAll('*')].filter((node) =>
      [...node.attributes].some((attribute) => /^on/i.test(attribute.name)),
    ).length,
    addresses: [...document.querySelectorAll('[href],[src],[action]')].filter((node) =>
      ['href', 'src', 'action'].some((name) => /^\s*(javascript|data:text|vbscript):?/i.test(node.getAttribute(name) ?? '')),
    ).length,
  }));
const DEAD = { struck: 0, scripts: 0, frames: 0, handlers: 0, addresses: 0 };

async function unharmed(page, path) {
  await page.goto(path);
  await settled(page);
  // Whatever would strike by loading or failing to load has had its turn.
  await page.waitForFunction(() => [...document.images].every((image) => image.complete || image.loading === 'lazy'));
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  assert.deepEqual(await alive(page), DEAD, path);
}

const arm = (page) =>
  page.addInitScript(() => {
    globalThis.struck = () => (globalThis.hits = (globalThis.hits ?? 0) + 1);
  });

story('markup in any field of any kind is shown as text everywhere', { timeout: 120_000 }, async ({ page, hub }) => {
  await arm(page);
  const kinds = (await hub.get('/kinds')).data;
  const TEXT = ['text', 'longtext', 'icon', 'address', 'json', 'color', 'markdown'];
  let stored = 0;
  const seen = [];
  for (const kind of kinds) {
    const hostile = CORPUS[stored % CORPUS.length];
    const row = { [kind.name_field]: hostile, tags: [hostile], custom: { [hostile]: hostile } };
    const { data } = await hub.api('POST', `/${kind.key}`, row);
    seen.push(data);
    stored += 3;
    for (const field of kind.fields) {
      if (!TEXT.includes(field.type) || field.name === kind.name_field) continue;
      // A field may refuse what is no value of its kind; what it takes, it must not run.
      const taken = await hub
        .api('PATCH', `/${kind.key}/${data.id}`, { [field.name]: CORPUS[stored % CORPUS.length] })
        .then(() => 1, (error) => (assert.equal(error.status, 400, error.message), 0));
      stored += taken;
    }
  }
  assert.ok(stored > 60, `only ${stored} fields took a text`);
  await hub.api('POST', '/links', { from: seen[0].id, to: seen[1].id, rel: 'related', label: CORPUS[1] });
  await hub.api('POST', '/memories', { kind: 'decision', text: CORPUS[0], links: [seen[0].id] }).catch((error) => {
    assert.equal(error.status, 400, error.message);
  });
  for (const path of ['/', '/inventory', '/docs', '/drift', '/activity', ...kinds.map((kind) => `/inventory/${kind.key}`)])
    await unharmed(page, path);
  for (const [n, kind] of kinds.entries()) {
    const at = kind.key === 'documents' ? `/docs/${seen[n].id}` : `/items/${seen[n].id}`;
    await unharmed(page, at);
    await unharmed(page, `${at}?edit=1`);
  }
  await page.goto('/');
  await settled(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('struck');
  await page.getByRole('option').first().waitFor();
  assert.deepEqual(await alive(page), DEAD, 'palette');
});

story('a document is rendered, and nothing in it comes alive', async ({ page, hub }) => {
  await arm(page);
  const { data } = await hub.api('POST', '/documents', { title: 'hostile', content: `# Heading\n\n**bold**\n\n${DOCUMENT}` });
  await unharmed(page, `/docs/${data.id}`);
  const article = page.getByRole('article');
  await article.getByRole('heading', { name: 'Heading' }).waitFor();
  assert.equal(await article.locator('strong').first().innerText(), 'bold');
  assert.equal(await article.locator('style, form, svg[onload], details[ontoggle]').count(), 0);
  assert.match(await article.innerText(), /<img src=x onerror=struck\(\)>/, 'raw HTML is shown as what it is');
  for (const how of ['split', 'write']) {
    await page.goto(`/docs/${data.id}?edit=${how}`);
    await page.getByRole('textbox', { name: 'Text of the document' }).waitFor();
    await unharmed(page, `/docs/${data.id}?edit=${how}`);
  }
  await page.goto(`/docs/${data.id}`);
  const outside = article.getByRole('link', { name: 'g', exact: true });
  assert.match((await outside.getAttribute('rel')) ?? '', /noopener/);
});

story('an uploaded picture that is a program is refused or harmless', async ({ page, hub }) => {
  await arm(page);
  const bytes = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" onload="struck()"><script>struck()</script></svg>');
  const answer = await hub.api('POST', '/icons', bytes, { 'content-type': 'image/svg+xml' }).catch((error) => error);
  if (answer instanceof Error) return assert.equal(answer.status, 400, answer.message);
  const stored = await fetch(`${hub.url}${answer.data.icon}`, { headers: { authorization: `Bearer ${hub.token}` } });
  assert.equal(stored.status, 200);
  assert.match(stored.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/);
  const { data } = await hub.api('POST', '/misc', { name: 'picture', icon: answer.data.icon });
  await unharmed(page, `/items/${data.id}`);
});
