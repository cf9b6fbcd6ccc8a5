import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

import { icons } from './build/icons.ts';
import { precompress } from './build/precompress.ts';
import { words } from './build/words.ts';
import { worker } from './build/worker.ts';

const backend = process.env.LABKEEPER_URL ?? 'http://127.0.0.1:8000';

const proxy = { '/api': { target: backend, changeOrigin: false } };
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/**
 * Small modules that most pages need, so that a page does not pull a dozen files of 300 bytes. What only pages about
 * Proxmox, approvals, files and the audit log share is no part of a first load.
 */
const later = [
  'installed|print|table\\/(?:arrange|bulk|csv|records|views)|api\\/(?:bulk|views)',
  'ui\\/(?:Modal|Meter|Said|StateMark|Badge|TextField|Segmented|CopyField)',
  'api\\/(?:proxmox|files|audit|undo|writes|discovery|decisions|meanings)',
  'approvals\\/(?:approvals|spans|decides)',
  'docs\\/',
  'discovery\\/',
  'reachability\\/(?:words|past)',
  'apps',
  ...['documents', 'changes', 'relations', 'places', 'proxmox', 'audit', 'unified', 'visible', 'diff', 'second'],
].join('|');
const shared = new RegExp(
  `@lucide|svelte-query(?!.*Infinite)|query-core(?!.*infiniteQueryObserver)|src\\/words|src\\/lib\\/(?!${later})|src\\/components\\/PageHeader`,
);

export default defineConfig({
  plugins: [tailwindcss(), words(import.meta.dirname), svelte(), svelteTesting(), icons(), worker(), precompress()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    assetsInlineLimit: 2048,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'shared', test: shared, minShareCount: 3 }] } },
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    proxy,
  },
  // `vite preview` shows a built app in front of a running hub, under the hub's own policy.
  preview: {
    host: '127.0.0.1',
    port: 4173,
    strictPort: true,
    proxy,
    headers: { 'content-security-policy': POLICY },
  },
  test: {
    environment: 'happy-dom',
    setupFiles: ['build/before-tests.ts'],
    include: ['src/**/*.test.ts', 'build/**/*.test.ts'],
  },
});
