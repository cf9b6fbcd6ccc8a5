// Says what is wrong with the translations: `npm run i18n:check`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { getKey, IndexTracker, pofile } from 'wuchale';

/** Placeholders and tags, whatever their order. */
const marks = (text) => (text.match(/\{\d+\}|<\/?\d+\/?>/g) ?? []).sort().join(' ');
/** A catalogue knows a text by what stands between the blanks at its ends. */
const ends = (text) => [text.match(/^\s*/)[0], text.match(/\s*$/)[0]].join('|');
const shown = ({ source }) => `“${source.join(' | ')}”`;

/**
 * One line for everything wrong. `said` has what the sources say by its key; `messages` have a key, their text in the sources,
 * and what stands for it in each language.
 */
export function problems(said, messages, languages) {
  const known = new Set(messages.map((one) => one.key));
  const out = [...said.keys()].filter((key) => !known.has(key)).map((key) => `not taken out yet: “${key}”`);
  for (const [key, texts] of said) if (texts.size > 1) out.push(`said with other blanks at its ends: “${key}”`);
  for (const message of messages) {
    if (!said.has(message.key)) out.push(`nothing says it any more: ${shown(message)}`);
    for (const language of languages) {
      const { forms = [], fuzzy } = message.translations[language] ?? {};
      const wrong = (what) => out.push(`${language}: ${what}: ${shown(message)}`);
      if (!forms.length || forms.some((form) => !form.trim())) wrong('not translated');
      else if (forms.length !== message.source.length) wrong('another number of forms');
      else if (fuzzy) wrong('marked as fuzzy');
      else if (forms.some((form, i) => marks(form) !== marks(message.source[i]))) wrong('other placeholders or tags');
      else if (forms.some((form, i) => ends(form) !== ends(message.source[i]))) wrong('other blanks at its ends');
    }
  }
  return out;
}

/** What the sources say: each text by its key. */
async function saidBy(root, { adapters }) {
  const said = new Map();
  for (const adapter of Object.values(adapters)) {
    for (const filename of adapter.files) {
      const content = readFileSync(join(root, filename), 'utf8');
      const expr = { plain: '', reactive: '' };
      const { msgs } = await adapter.transform({
        content,
        filename,
        index: new IndexTracker(),
        expr,
        matchUrl: () => null,
      });
      for (const { msgStr, context } of msgs) {
        const key = getKey(msgStr, context);
        said.set(key, (said.get(key) ?? new Set()).add(msgStr.join('\n')));
      }
    }
  }
  return said;
}

async function kept(root, { locales, localesDir }) {
  const read = (path) => readFileSync(path, 'utf8');
  const fs = { read, exists: () => true, mkdir() {}, write() {}, unlink() {} };
  const storage = await pofile()({ root, localesDir, locales, sourceLocale: locales[0], haveUrl: false, fs });
  const { items } = await storage.load();
  return items.map(({ translations, context, additionals }) => {
    const source = translations.get(locales[0]);
    const each = locales.map((name) => [
      name,
      { forms: translations.get(name), fuzzy: additionals.get(name)?.flags.fuzzy },
    ]);
    return { key: getKey(source, context), source, translations: Object.fromEntries(each) };
  });
}

/** What a person can choose, as the app says it. */
const offered = (root) =>
  Object.keys(
    JSON.parse(
      /LANGUAGES = (\{.*?\})/
        .exec(readFileSync(join(root, 'src/lib/language.ts'), 'utf8'))[1]
        .replace(/(\w+):/g, '"$1":')
        .replaceAll("'", '"'),
    ),
  );

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { default: config } = await import('../wuchale.config.js');
  const messages = await kept(root, config);
  const found = problems(await saidBy(root, config), messages, config.locales);
  if (offered(root).join() !== config.locales.join())
    found.push(`src/lib/language.ts offers ${offered(root)}, wuchale.config.js has ${config.locales}`);
  for (const line of found) console.error(line);
  if (found.length)
    console.error('`npm run i18n` takes texts out of the sources; docs/translations.md says how to translate them.');
  else console.log(`${messages.length} messages in ${config.locales.length} languages: nothing is missing`);
  process.exitCode = found.length ? 1 : 0;
}
