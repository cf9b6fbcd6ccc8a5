/** Making snapshots of a guest, going back to them, deleting them. */
import type { Guest, Snapshot } from '../api/proxmox.ts';
import { keys } from '../api/queries.ts';
import { client } from '../client.ts';
import { done, failed } from '../notify.ts';
import { running } from './guests.ts';
import { planned, type Act } from './plan.ts';

async function run(act: Act, said: string): Promise<void> {
  try {
    if (await planned(act)) void done(said);
  } catch (error) {
    void failed(`${act.yes} failed`, error, `${act.yes} got no answer`);
  }
  await client.invalidateQueries({ queryKey: keys.proxmox });
}

const place = (guest: Guest) => `/proxmox/guests/${guest.vmid}/snapshots`;

export const makeSnapshot = (guest: Guest, note: string, onbegin: () => void) =>
  run(
    {
      method: 'POST',
      path: place(guest),
      input: { cluster: guest.cluster, ...(note ? { note } : {}) },
      title: `Make a snapshot of ${guest.name}?`,
      yes: 'Make a snapshot',
      onbegin,
    },
    `Made a snapshot of ${guest.name}`,
  );

export const goBack = (guest: Guest, { name }: Snapshot, onbegin: () => void) =>
  run(
    {
      method: 'POST',
      path: `${place(guest)}/${encodeURIComponent(name)}/rollback`,
      input: { cluster: guest.cluster, stopIfRunning: running(guest) },
      title: `Take ${guest.name} back to ${name}?`,
      yes: 'Go back',
      destroys: true,
      onbegin,
    },
    `${guest.name} is as it was at ${name}`,
  );

export const deleteSnapshot = (guest: Guest, { name }: Snapshot, onbegin: () => void) =>
  run(
    {
      method: 'DELETE',
      path: `${place(guest)}/${encodeURIComponent(name)}`,
      input: { cluster: guest.cluster },
      title: `Delete snapshot ${name}?`,
      yes: 'Delete',
      destroys: true,
      onbegin,
    },
    `Deleted ${name} of ${guest.name}`,
  );
