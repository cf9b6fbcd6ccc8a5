/** The command that connects a cluster, and what its tiers mean. */
import type { Tier } from '../api/proxmox.ts';

/** Root is no answer to set-up: it is added to a companion connection, by hand. */
export type SetUpTier = Exclude<Tier, 'root'>;
export type Mode = 'auto' | 'paste';

export const TIER_TEXT: Record<SetUpTier, { label: string; may: string; held: string }> = {
  observe: {
    label: 'Observe',
    may: 'Reads nodes, guests, storage and health. Changes nothing.',
    held: 'The node itself enforces this: the token has no right to change anything, whatever labkeeper is told.',
  },
  operate: {
    label: 'Operate',
    may: 'Also starts, stops and restarts guests, and makes, restores and deletes snapshots.',
    held: 'The node itself enforces this: the token has these rights and no others.',
  },
  companion: {
    label: 'Companion',
    may: 'As Operate for now. It only puts the key of labkeeper on the node: commands and files in guests, over SSH as root, come with a later version.',
    held: 'Only labkeeper enforces this: its key may do anything on the node. You trust labkeeper with the node.',
  },
};

const LABEL = /^[\da-z_][\da-z_-]{0,62}$/i;
const isIpv6 = (text: string): boolean => /^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
const isDotted = (text: string): boolean => text.length <= 253 && text.split('.').every((label) => LABEL.test(label));
const isPort = (digits: string): boolean => /^\d+$/.test(digits) && Number(digits) > 0 && Number(digits) < 65_536;

/**
 * Whether the command reads it as the place of a node: `pve1.lan`, `10.0.0.2:8006`, `[fd00::2]:8006`, `fd00::2`, or the address
 * that a browser shows. The rule is that of `core::pve::Address`.
 */
export function isHost(text: string): boolean {
  const place = text
    .replace(/^https:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/(?:\/api2\/json)+$/, '');
  if (isIpv6(place)) return true;
  const [, six, name, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(place) ?? [];
  const host = six === undefined ? isDotted(name ?? '') : isIpv6(six);
  return host && (port === undefined || isPort(port));
}

/** What a connection may be called. */
export const isName = (text: string): boolean => /^[\da-z][\w-]{0,62}$/i.test(text);

export interface SetUp {
  tier: SetUpTier;
  host: string;
  /** Empty for the name that set-up gives by itself. */
  name: string;
  mode: Mode;
}

/** Brackets are a pattern to a shell; nothing else that a host may have means anything to one. */
const inShell = (host: string): string => (host.includes('[') ? `'${host}'` : host);

export function setUpCommand({ tier, host, name, mode }: SetUp): string {
  const words = ['labkeeper', 'setup', '--tier', tier, '--node-host', isHost(host) ? inShell(host) : 'HOST'];
  if (name) words.push('--name', isName(name) ? name : 'NAME');
  if (mode === 'paste') words.push('--bootstrap-mode', 'paste');
  return words.join(' ');
}
