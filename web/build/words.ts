/**
 * Texts in a build: they are taken out of the sources, and what a module says is looked up in the catalogue of its group.
 * What is loaded later waits for the texts of its group.
 */
import { join, resolve, dirname } from 'node:path';
import type { Plugin, Rolldown } from 'vite';
import { wuchale } from 'wuchale/vite';

// @ts-expect-error run by node as it is, without types
import * as texts from '../wuchale.config.js';

const { BEGINNINGS, first } = texts as { BEGINNINGS: string[]; first: Set<string> };

const LOOKUPS = { first: 'first', rest: 'rest', late: 'rest' };
const LATER = /(?<!typeof )\bimport\(\s*'(\.[^']+)'\s*\)(?!\.)/g;

/** In front of a compiler. */
const before = (root: string): Plugin => ({
  name: 'labkeeper-words-later',
  apply: 'build',
  enforce: 'pre',
  transform(code, id) {
    const file = id.split('?')[0]!;
    if (!file.startsWith(join(root, 'src/')) || !LATER.test(code)) return null;
    const wait = (found: string, to: string) =>
      first.has(resolve(dirname(file), to)) ? found : `__late(() => ${found})`;
    return { code: code.replace(LATER, wait), map: null };
  },
});

/**
 * Behind it: the lookups are no import while a component is compiled, because Svelte takes what it does not know for constant and
 * so writes a text once instead of watching it.
 */
const behind = (root: string): Plugin => ({
  name: 'labkeeper-words',
  apply: 'build',
  enforce: 'post',
  transform(code) {
    const imports = Object.entries(LOOKUPS)
      .filter(([name]) => new RegExp(`\\b__${name}[.(]`).test(code))
      .map(([name, file]) => `import { ${name} as __${name} } from '${join(root, `src/words/${file}.ts`)}';`);
    return imports.length ? { code: imports.join('') + code, map: null } : null;
  },
  generateBundle(_, bundle) {
    const early = tooEarly(
      bundle,
      (id) => this.getModuleInfo(id)?.code ?? '',
      (file) => join(root, file),
    );
    if (early.length)
      this.error(`a first load has these, but not their texts: ${early.join(', ')}. See docs/translations.md`);
  },
});

/** Modules that come with a first load and whose texts do not. */
function tooEarly(
  bundle: Rolldown.OutputBundle,
  codeOf: (id: string) => string,
  path: (file: string) => string,
): string[] {
  const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
  const beginnings = new Set(BEGINNINGS.map(path));
  const seen = new Set<Rolldown.OutputChunk>();
  const visit = (chunk?: Rolldown.OutputChunk) => {
    if (!chunk || seen.has(chunk)) return;
    seen.add(chunk);
    for (const file of chunk.imports) visit(chunks.find((one) => one.fileName === file));
  };
  for (const chunk of chunks) if (chunk.isEntry || beginnings.has(chunk.facadeModuleId ?? '')) visit(chunk);
  return [...seen].flatMap((chunk) => chunk.moduleIds).filter((id) => /\b__rest[.(]/.test(codeOf(id)));
}

export function words(root: string): Plugin[] {
  return [before(root), { ...(wuchale() as Plugin), apply: 'build' }, behind(root)];
}
