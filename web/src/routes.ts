/** Every address of the app. Only finished pages are here: nothing in the navigation leads nowhere. */
import type { RouteDef } from './lib/router.svelte.ts';

export const routes: RouteDef[] = [
  { path: '/', title: 'Overview', load: () => import('./pages/Overview.svelte') },
  { path: '/inventory', title: 'Inventory', load: () => import('./pages/Inventory.svelte') },
  { path: '/inventory/:kind', title: 'Inventory', load: () => import('./pages/Inventory.svelte') },
  { path: '/items/:id', title: 'Item', load: () => import('./pages/Item.svelte') },
  { path: '/map', title: 'Map', load: () => import('./pages/Map.svelte') },
  { path: '/discovery', title: 'Discovery', load: () => import('./pages/Discovery.svelte') },
  { path: '/discovery/:id', title: 'Discovery', load: () => import('./pages/Discovery.svelte') },
  { path: '/docs', title: 'Documents', load: () => import('./pages/Documents.svelte') },
  { path: '/docs/:id', title: 'Documents', load: () => import('./pages/Documents.svelte') },
  { path: '/proxmox', title: 'Proxmox', load: () => import('./pages/Proxmox.svelte') },
  { path: '/health', title: 'Health', load: () => import('./pages/Health.svelte') },
  { path: '/health/:tab', title: 'Health', load: () => import('./pages/Health.svelte') },
  { path: '/approvals', title: 'Approvals', load: () => import('./pages/Approvals.svelte') },
  { path: '/approvals/:id', title: 'Approvals', load: () => import('./pages/Approvals.svelte') },
  { path: '/drift', title: 'Drift', load: () => import('./pages/Drift.svelte') },
  { path: '/activity', title: 'Activity', load: () => import('./pages/Activity.svelte') },
  { path: '/files', title: 'Files', load: () => import('./pages/Files.svelte') },
  { path: '/audit', title: 'Audit', load: () => import('./pages/Audit.svelte') },
  { path: '/transfer', title: 'Import and export', load: () => import('./pages/Transfer.svelte') },
  { path: '/settings', title: 'Settings', load: () => import('./pages/Settings.svelte') },
  { path: '/settings/:tab', title: 'Settings', load: () => import('./pages/Settings.svelte') },
  { path: '/404', title: 'Not found', load: () => import('./pages/NotFound.svelte') },
];
