// `<!-- picture: NAME | what it shows -->` in a page is a picture that the browser's stories took
// (`npm run screenshots` in e2e), in both themes. Where none were taken there is nothing; where some were, all have to be there.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const PICTURES = fileURLToPath(new URL('../../target/e2e/screenshots', import.meta.url));
const THEMES = ['light', 'dark'];
const MARK = /^<!-- picture: ([a-z-]+) \| (.+) -->\s*$/;

export function pictures(markdown, base) {
  const plain = markdown.renderer.rules.html_block;
  markdown.renderer.rules.html_block = (tokens, at, ...rest) => {
    const mark = MARK.exec(tokens[at].content);
    if (!mark) return plain(tokens, at, ...rest);
    const [, name, alt] = mark;
    if (!existsSync(PICTURES)) return '';
    const missing = THEMES.filter((theme) => !existsSync(`${PICTURES}/${name}-${theme}.png`));
    if (missing.length) throw new Error(`${PICTURES} has no picture ${name} (${missing}): npm run screenshots in e2e/`);
    const image = (theme) =>
      `<img class="picture picture-${theme}" loading="lazy" :src="'${base}pictures/${name}-${theme}.png'" alt="${markdown.utils.escapeHtml(alt)}">`;
    return THEMES.map(image).join('\n');
  };
}
