/** Asks the other open pages of the app which drafts they still hold; what nobody holds was left behind. */
import type { Draft, Drafts } from './drafts.ts';

const CHANNEL = 'labkeeper-documents';
const PATIENCE = 200;

interface Message {
  type: 'who' | 'here';
  tab: string;
}

/** Answers for this page as long as it is open. */
export function stayFindable(tab: string): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => {};
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type === 'who') channel.postMessage({ type: 'here', tab } satisfies Message);
  };
  return () => channel.close();
}

/** Drafts of a document whose page of the app is gone. */
export async function leftBehind(drafts: Drafts, id: number): Promise<Draft[]> {
  const found = drafts.others(id);
  if (!found.length || typeof BroadcastChannel === 'undefined') return found;
  const channel = new BroadcastChannel(CHANNEL);
  const alive = new Set<string>();
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type === 'here') alive.add(data.tab);
  };
  channel.postMessage({ type: 'who', tab: drafts.tab } satisfies Message);
  await new Promise((resolve) => setTimeout(resolve, PATIENCE));
  channel.close();
  return found.filter((draft) => !alive.has(draft.tab));
}
