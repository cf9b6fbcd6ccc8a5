/**
 * Writes `/sw.js`: the service worker with the list of what the shell is made of. A new build is a new list, and so a
 * new worker.
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** The page of a hub that is away; it has to be there when nothing can be fetched. */
const AWAY = 'Away';
/** What the first paint wants beside the app's own files. */
const PLAIN = ['/', '/theme.js', '/favicon.svg', '/manifest.webmanifest'];

export interface Built {
  fileName: string;
  type: 'chunk' | 'asset';
  name?: string;
  isEntry?: boolean;
  imports?: string[];
  viteMetadata?: { importedCss: Set<string>; importedAssets: Set<string> };
}

/** The files that the entry and the page of an absent hub stand on, with their styles, texts, and the fonts of Latin. */
export function shell(bundle: Record<string, Built>): { entry: string; files: string[] } {
  const files = new Set<string>();
  const visit = (name: string) => {
    const chunk = bundle[name];
    if (!chunk || files.has(chunk.fileName)) return;
    files.add(chunk.fileName);
    for (const css of chunk.viteMetadata?.importedCss ?? []) files.add(css);
    for (const next of chunk.imports ?? []) visit(next);
  };
  const chunks = Object.values(bundle);
  const entry = chunks.find((chunk) => chunk.isEntry);
  if (!entry) throw new Error('the build has no entry');
  visit(entry.fileName);
  for (const chunk of chunks) if (chunk.name === AWAY) visit(chunk.fileName);
  for (const { fileName } of chunks)
    if (/latin-wght-normal-.*\.woff2$|words\.first\./.test(fileName)) files.add(fileName);
  return { entry: `/${entry.fileName}`, files: [...files].sort().map((file) => `/${file}`) };
}

export function worker(): Plugin {
  return {
    name: 'labkeeper-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const { entry, files } = shell(bundle as unknown as Record<string, Built>);
      const source = readFileSync(new URL('worker.js', import.meta.url), 'utf8')
        .replace("'%ENTRY%'", JSON.stringify(entry))
        .replace("['%SHELL%']", JSON.stringify([...PLAIN, ...files]));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}
