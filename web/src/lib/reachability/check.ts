/** Asking an item now. What comes of it is shown and not noted: the past is made of looks in the background. */
import { request } from '../api/http.ts';
import type { Row } from '../api/types.ts';
import { hostOf, how } from './words.ts';

interface Answer {
  alive: boolean;
  latency_ms: number | null;
  method: string;
  reason?: string | null;
}
interface Knock {
  reachable: boolean;
  latencyMs: number | null;
  reason?: string | null;
}

export interface Finding {
  good: boolean;
  text: string;
}

const because = (reason?: string | null) => (reason ? `: ${reason}` : '');

/** Any sign of life will do for a host; a service has to take connections too. */
export async function checkNow(kind: string, row: Row): Promise<Finding[]> {
  const host = hostOf(row);
  const port = kind === 'apps' && typeof row.port === 'number' ? row.port : null;
  const [answer, knock] = await Promise.all([
    request<{ data: Record<string, Answer> }>('POST', '/health-check', { body: { hosts: [host] }, asks: true }),
    port === null ? null : request<Knock>('POST', '/probe/tcp', { body: { host, port }, asks: true }),
  ]);
  return [...ofHost(host, answer.body.data[host]), ...(knock ? [ofPort(port!, knock.body)] : [])];
}

function ofHost(host: string, answer: Answer | undefined): Finding[] {
  if (!answer) return [];
  const text = answer.alive ? `${host} answers ${how(answer)}` : `${host} does not answer${because(answer.reason)}`;
  return [{ good: answer.alive, text: text.trim() }];
}

function ofPort(port: number, { reachable, latencyMs, reason }: Knock): Finding {
  const took = how({ method: '', latency_ms: latencyMs });
  const text = reachable
    ? `Port ${port} takes connections${took && `, ${took}`}`
    : `Port ${port} takes no connections${because(reason)}`;
  return { good: reachable, text };
}
