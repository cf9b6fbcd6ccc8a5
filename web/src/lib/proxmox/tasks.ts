/** Tasks of a cluster in words. */
import type { GuestTask } from '../api/proxmox.ts';
import type { Mark } from '../ui/StateMark.svelte';

/** What is done to guests often; `qm…` is of a virtual machine, `vz…` of a container. */
const KINDS: Record<string, string> = {
  start: 'Start',
  stop: 'Stop',
  shutdown: 'Shut down',
  reboot: 'Restart',
  reset: 'Reset',
  suspend: 'Suspend',
  resume: 'Resume',
  create: 'Create',
  destroy: 'Delete',
  restore: 'Restore from a backup',
  clone: 'Clone',
  migrate: 'Migrate',
  igrate: 'Migrate',
  template: 'Make a template',
  snapshot: 'Snapshot',
  delsnapshot: 'Delete a snapshot',
  rollback: 'Go back to a snapshot',
  dump: 'Back up',
  config: 'Configure',
  resize: 'Grow a disk',
  move: 'Move a disk',
  vncproxy: 'Console',
  termproxy: 'Console',
};

/** "vzdump" → "Back up"; what is not known, as Proxmox calls it. */
export const taskName = (kind: string): string => KINDS[kind] ?? KINDS[kind.replace(/^(?:qm|vz|ha|pct)/, '')] ?? kind;

export const TASK: Record<GuestTask['state'], { mark: Mark; word: string }> = {
  running: { mark: 'unknown', word: 'Goes on' },
  done: { mark: 'ok', word: 'Done' },
  warned: { mark: 'warn', word: 'With warnings' },
  failed: { mark: 'bad', word: 'Failed' },
};
