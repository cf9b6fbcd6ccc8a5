// Links of a page to files of the repository that are no pages. They lead to the forge when SITE_REPOSITORY says where that
// is, and are text otherwise. A file that is not there stops the build.
import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isPage } from './contents.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FORGE = process.env.SITE_REPOSITORY;

export function elsewhere(markdown) {
  markdown.core.ruler.push('elsewhere', ({ tokens, env }) => {
    for (const { children } of tokens) {
      const closing = [];
      for (const token of children ?? []) {
        if (token.type === 'link_open') closing.push(lead(token, env));
        else if (token.type === 'link_close' && closing.pop() === 'text') token.tag = 'span';
      }
    }
  });
}

/** Turns a link to such a file to where it leads; says `text` when that is nowhere. */
function lead(token, env) {
  const href = token.attrGet('href');
  if (/^([a-z]+:|#|\/)/.test(href)) return 'link';
  const path = relative(ROOT, resolve(dirname(env.realPath ?? env.path), decodeURI(href.replace(/[#?].*$/, ''))));
  if (isPage(path)) return 'link';
  if (!existsSync(resolve(ROOT, path))) throw new Error(`${relative(ROOT, env.realPath ?? env.path)} links to ${path}, which is not there`);
  if (FORGE) {
    token.attrSet('href', `${FORGE}/blob/main/${path}`);
    return 'link';
  }
  token.tag = 'span';
  token.attrs = [];
  return 'text';
}
