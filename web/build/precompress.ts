/** Writes .br and .gz beside every text asset, so the binary embeds finished bytes and never compresses at run time. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT = /\.(js|css|html|svg|json|txt)$/;
const LARGE = 600_000;

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (TEXT.test(path)) yield path;
  }
}

export function precompress(): Plugin {
  let out = 'dist';
  return {
    name: 'labkeeper-precompress',
    apply: 'build',
    configResolved: (config) => void (out = config.build.outDir),
    writeBundle() {
      for (const path of files(out)) {
        const bytes = readFileSync(path);
        if (bytes.length < 512) continue;
        const quality = bytes.length > LARGE ? 9 : 11;
        const params = {
          [constants.BROTLI_PARAM_QUALITY]: quality,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        };
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
