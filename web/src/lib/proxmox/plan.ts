/** What is done to guests is planned first; where the plan says so, a person is asked before anything happens. */
import { asSentence, request } from '../api/http.ts';
import type { Plan } from '../api/proxmox.ts';
import { confirm } from '../confirm.svelte.ts';

export interface Act {
  method: 'POST' | 'DELETE';
  path: string;
  /** What the call takes beside `dry_run` and `confirm`. */
  input: Record<string, string | boolean>;
  title: string;
  /** What happens on yes, as a verb. */
  yes: string;
  destroys?: boolean;
  /** It is begun now. */
  onbegin?: () => void;
}

/** What came of it; null when the person declined, who has changed nothing. */
export async function planned<T>(act: Act): Promise<T | null> {
  const send = async <B>(more: Record<string, boolean>, asks: boolean) => {
    const input = { ...act.input, ...more };
    const options = act.method === 'DELETE' ? { query: input } : { body: input };
    return (await request<B>(act.method, act.path, { ...options, asks })).body;
  };
  const { plan } = await send<{ plan: Plan }>({ dry_run: true }, true);
  const asked = plan.verdict === 'confirm';
  if (asked) {
    const yes = await confirm.ask({
      title: act.title,
      text: [plan.summary, ...plan.reasons].map(asSentence).join(' '),
      yes: act.yes,
      no: 'Cancel',
      destroys: act.destroys,
    });
    if (!yes) return null;
  }
  act.onbegin?.();
  return send<T>({ confirm: asked }, false);
}
