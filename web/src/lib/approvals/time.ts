/** How long there is to decide. */
import type { Approval, ApprovalState } from '../api/approvals.ts';
import { instant } from '../format.ts';

/** Where it is just now: when its time is up the answer is no, whether the hub has said so yet or not. */
export const stateAt = (approval: Approval, now: number): ApprovalState =>
  approval.state === 'pending' && secondsLeft(approval, now) <= 0 ? 'expired' : approval.state;

export const secondsLeft = (approval: Approval, now: number): number =>
  Math.max(0, Math.ceil((instant(approval.expires_at).getTime() - now) / 1000));

/** 272 → "4:32"; of more than an hour the minutes are enough. */
export function countdown(seconds: number): string {
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
