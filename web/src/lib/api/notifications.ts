/** Whether people are reached. */
import { request } from './http.ts';

/** What became of a message on one way. */
export interface TriedWay {
  /** `ntfy at push.lan` */
  way: string;
  /** It is one for when none of the others takes a message. */
  fallback: boolean;
  told: boolean;
  /** Why not, and what to do. */
  problem?: string | null;
}

/** Sends a test message by every way. */
export const tryNotifications = async (): Promise<TriedWay[]> =>
  (await request<{ data: TriedWay[] }>('POST', '/notifications/test', { body: {} })).body.data;
