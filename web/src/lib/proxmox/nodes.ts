/** Nodes in words. */
import { humanise } from '../format.ts';

const STATES: Record<string, string> = { online: 'Online', offline: 'Offline', unknown: 'Unknown' };

/** "Online", "Offline"; what Proxmox may call otherwise one day, as it calls it. */
export const nodeState = (status: string): string => STATES[status] ?? humanise(status);
