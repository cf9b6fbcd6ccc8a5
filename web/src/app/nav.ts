/** Navigation: the pages that exist. */
import BadgeCheck from '@lucide/svelte/icons/badge-check';
import BookOpen from '@lucide/svelte/icons/book-open';
import Boxes from '@lucide/svelte/icons/boxes';
import FileClock from '@lucide/svelte/icons/file-clock';
import GitCompareArrows from '@lucide/svelte/icons/git-compare-arrows';
import History from '@lucide/svelte/icons/rotate-ccw-clock';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import ArrowDownUp from '@lucide/svelte/icons/arrow-down-up';
import HeartPulse from '@lucide/svelte/icons/heart-pulse';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Server from '@lucide/svelte/icons/server';
import MapIcon from '@lucide/svelte/icons/waypoints';
import Radar from '@lucide/svelte/icons/radar';
import Settings from '@lucide/svelte/icons/settings';
import type { Component } from 'svelte';

export interface Place {
  href: string;
  label: string;
  icon: Component<{ size?: number; strokeWidth?: number }>;
  keys: string;
}

export const DISCOVERY: Place = { href: '/discovery', label: 'Discovery', icon: Radar, keys: 'g n' };
export const MAIN: Place[] = [
  { href: '/', label: 'Overview', icon: LayoutDashboard, keys: 'g o' },
  { href: '/inventory', label: 'Inventory', icon: Boxes, keys: 'g i' },
  { href: '/map', label: 'Map', icon: MapIcon, keys: 'g m' },
  DISCOVERY,
  { href: '/docs', label: 'Docs', icon: BookOpen, keys: 'g d' },
];
export const APPROVALS: Place = { href: '/approvals', label: 'Approvals', icon: BadgeCheck, keys: 'g y' };
export const DRIFT: Place = { href: '/drift', label: 'Drift', icon: GitCompareArrows, keys: 'g r' };
export const OPERATE: Place[] = [
  { href: '/proxmox', label: 'Proxmox', icon: Server, keys: 'g p' },
  { href: '/health', label: 'Health', icon: HeartPulse, keys: 'g h' },
  APPROVALS,
  DRIFT,
  { href: '/activity', label: 'Activity', icon: History, keys: 'g a' },
  { href: '/files', label: 'Files', icon: FileClock, keys: 'g f' },
  { href: '/audit', label: 'Audit', icon: ScrollText, keys: 'g l' },
  { href: '/transfer', label: 'Import and export', icon: ArrowDownUp, keys: 'g x' },
];
export const SETTINGS: Place = { href: '/settings', label: 'Settings', icon: Settings, keys: 'g s' };
export const PLACES = [...MAIN, ...OPERATE, SETTINGS];

export function isHere(href: string, path: string): boolean {
  if (href === '/') return path === '/';
  return path === href || path.startsWith(`${href}/`) || (href === '/inventory' && path.startsWith('/items/'));
}
