// `<!-- picture: NAME | what it shows -->` in a page is a picture that the browser's stories took
// (`npm run screenshots` in e2e), in both themes. Where there is none, as on a forge, there is nothing.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const PICTURES = fileURLToPath(new URL('../../target/e2e/screenshots', import.meta.url));
const MARK = /^<!-- picture: ([a-z-]+) \| (.+) -->\s*$/;

export function pictures(markdown, base) {
  const plain = markdown.renderer.rules.html_block;
  markdown.renderer.rules.html_block = (tokens, at, ...rest) => {
    const mark = MARK.exec(tokens[at].content);
    if (!mark) return plain(tokens, at, ...rest);
    const [, name, alt] = mark;
    const shown = ['light', 'dark'].filter((theme) => existsSync(`${PICTURES}/${name}-${theme}.png`));
    const image = (theme) =>
      `<img class="picture picture-${theme}" loading="lazy" :src="'${base}pictures/${name}-${theme}.png'" alt="${markdown.utils.escapeHtml(alt)}">`;
    return shown.map(image).join('\n');
  };
}
