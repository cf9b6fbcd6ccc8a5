// The documentation as a site: the Markdown of the repository as it lies there, which a forge shows just as well.
import { cpSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitepress';

import { navigation, notPages, sidebar } from './contents.mjs';
import { elsewhere } from './elsewhere.mjs';
import { named } from './owner.mjs';
import { PICTURES, pictures } from './pictures.mjs';
import { slug } from './slug.mjs';

const base = process.env.SITE_BASE ?? '/';

/** The pages lie outside of where the packages are that they are made with. */
const packages = {
  name: 'packages-of-the-site',
  enforce: 'pre',
  resolveId(id, importer, options) {
    const isOfPage = importer?.endsWith('.md') && /^vue(\/|$)/.test(id);
    return isOfPage ? this.resolve(id, fileURLToPath(import.meta.url), { ...options, skipSelf: true }) : null;
  },
};

export default defineConfig({
  title: 'labkeeper',
  description: 'One binary that keeps a homelab.',
  lang: 'en',
  base,
  srcDir: '..',
  outDir: '../target/site',
  cacheDir: '../target/xtask/site',
  srcExclude: notPages(),
  rewrites: { 'README.md': 'index.md' },
  head: [['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }]],
  markdown: {
    anchor: { slugify: slug },
    config: (markdown) => markdown.use(named).use(pictures, base).use(elsewhere),
  },
  themeConfig: {
    nav: navigation,
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
  },
  vite: {
    logLevel: 'warn',
    plugins: [packages],
  },
  buildEnd({ outDir }) {
    cpSync(new URL('../../web/public/favicon.svg', import.meta.url), `${outDir}/icon.svg`);
    if (existsSync(PICTURES)) cpSync(PICTURES, `${outDir}/pictures`, { recursive: true });
  },
});
