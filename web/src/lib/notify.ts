/** Toasts. A finished write offers Undo while its change can be taken back. */
import { ApiError, inWords, isApiError, request as send } from './api/http.ts';
import type { Change } from './api/types.ts';
import { stream } from './live/stream.svelte.ts';
import { overlays } from './overlays.svelte.ts';

const UNDO_FOR = 10_000;

/** The toast library loads with the first toast: no page needs it to show. */
const toasts = async () => (await import('svelte-sonner')).toast;

export async function done(message: string, changeId?: string | number | null, more?: string) {
  const toast = await toasts();
  toast(message, {
    description: more,
    duration: changeId ? UNDO_FOR : 4000,
    action: changeId ? { label: 'Undo', onClick: () => void undo(changeId) } : undefined,
  });
}

/** Where no answer came, nobody knows that it failed: then `unanswered` is said instead. */
export async function failed(what: string, error: unknown, unanswered?: string) {
  const request = error instanceof ApiError && error.requestId ? `request ${error.requestId}` : '';
  const toast = await toasts();
  toast.error(isApiError(error, 'unanswered') ? (unanswered ?? 'No answer') : what, {
    description: [inWords(error), request].filter(Boolean).join(' · '),
    duration: 12_000,
  });
}

/** Takes a change back. Where somebody has to look first, because of a file or a newer change, that is shown over the page. */
export async function undo(changeId: string | number): Promise<boolean> {
  try {
    const { body } = await send<{ data: Change }>('POST', `/changes/${changeId}/revert`);
    undone(body.data);
    return true;
  } catch (error) {
    if (isApiError(error, 'confirm_required') || (isApiError(error, 'conflict') && error.details))
      overlays.undo = { change: changeId };
    else void failed('Not undone', error);
    return false;
  }
}

/** What was taken back shows at once. */
export function undone(change: Change | null) {
  stream.patcher.take({ seq: 0, type: 'change' });
  if (change?.files?.length) stream.patcher.take({ seq: 0, type: 'file' });
  for (const item of change?.items ?? []) {
    stream.patcher.take({ seq: 0, type: 'item', action: 'updated', id: item.id, kind: item.kind });
  }
  void done('Undone', null, change?.summary);
}
