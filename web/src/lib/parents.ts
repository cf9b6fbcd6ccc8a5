/** Link fields say what an item stands on; an item stands on one thing, whichever field holds it. */
import type { Field, Kind } from './api/types.ts';

export const linkFields = (kind: Kind): Field[] => kind.fields.filter((field) => field.type === 'link');

/** "Runs on hardware", "Runs on VM" → "Runs on" */
export function parentLabel(fields: readonly Field[]): string {
  const [first, ...rest] = fields.map((field) => field.label.split(' '));
  if (!first) return 'Parent';
  const same = first.findIndex((word, i) => rest.some((other) => other[i] !== word));
  return (same < 0 ? first : first.slice(0, same)).join(' ') || 'Stands on';
}
