/** A change as people read it: its sentence in the past, its values as lines instead of table columns. */
import type { FieldDiff } from './api/types.ts';
import { humanise, plain, small } from './format.ts';
import { OUTWARD } from './relations.ts';

/** Summaries are written before the deed, as what is going to be done; the hub writes them in English. */
const PAST: Record<string, string> = {
  add: 'added',
  change: 'changed',
  create: 'created',
  delete: 'deleted',
  forget: 'forgot',
  import: 'imported',
  keep: 'kept',
  link: 'linked',
  make: 'made',
  move: 'moved',
  record: 'recorded',
  remember: 'remembered',
  remove: 'removed',
  restore: 'restored',
  save: 'saved',
  settle: 'settled',
  undo: 'undid',
  unlink: 'unlinked',
  update: 'updated',
  write: 'wrote',
};

export function told(summary: string): string {
  const sentence = small(summary.trim())
    .replace(/\b[a-z]+_[a-z]+\b/g, (rel) => (rel in OUTWARD ? rel.replace('_', ' ') : rel))
    .replace(/^((?:un)?link .+) related /, '$1 related to ');
  const [verb = '', ...rest] = sentence.split(' ');
  const bare = verb.replace(/:$/, '');
  return PAST[bare] ? [verb.replace(bare, PAST[bare]), ...rest].join(' ') : sentence;
}

export interface Reading {
  key: string;
  /** The item, where a change has several. */
  item: string | null;
  itemId: number | null;
  kind: string | null;
  field: string;
  /** A machine saw it, rather than somebody having written it. */
  seen?: boolean;
  before: unknown;
  after: unknown;
}

const INTERNAL = new Set(['id', 'rev', 'kind', 'created_at', 'updated_at', 'changed_at']);

type Part = Record<string, { before: unknown; after: unknown }>;
interface Entry {
  first: FieldDiff;
  fields: Part;
}

/** Rows of other tables come flattened, one after the other: a field that comes again begins the next row. */
function entries(diff: readonly FieldDiff[]): Entry[] {
  const out: Entry[] = [];
  for (const one of diff) {
    const last = out.at(-1);
    const goesOn =
      last && last.first.table === one.table && last.first.item_id === one.item_id && !(one.field in last.fields);
    const entry = goesOn ? last : { first: one, fields: {} };
    if (!goesOn) out.push(entry);
    entry.fields[one.field] = { before: one.before, after: one.after };
  }
  return out;
}

const either = (part: Part, field: string) => part[field]?.after ?? part[field]?.before;
const gone = (part: Part) => Object.values(part).every((value) => value.after === null);

function linkLine(part: Part, nameOf: (id: number) => string): { field: string; before: unknown; after: unknown } {
  const rel = String(either(part, 'rel') ?? 'link');
  const text = `${nameOf(Number(either(part, 'from_id')))} → ${nameOf(Number(either(part, 'to_id')))}`;
  const label = plain(either(part, 'label'));
  const whole = label ? `${text}, ${label}` : text;
  const field = OUTWARD[rel as keyof typeof OUTWARD] ?? rel;
  return { field: humanise(field), before: gone(part) ? whole : null, after: gone(part) ? null : whole };
}

export function readable(diff: readonly FieldDiff[], nameOf: (id: number) => string): Reading[] {
  return entries(diff).flatMap(({ first, fields }, i) => {
    const base = { item: first.name, itemId: first.item_id, kind: first.kind };
    if (first.table === 'links' && 'from_id' in fields) return [{ ...base, ...linkLine(fields, nameOf), key: `${i}` }];
    if (first.table === 'observations' && 'value' in fields) {
      const field = String(either(fields, 'field') ?? 'value');
      return [{ ...base, key: `${i}`, field, seen: true, ...fields.value! }];
    }
    return Object.entries(fields)
      .filter(([field]) => !INTERNAL.has(field))
      .map(([field, value]) => ({ ...base, key: `${i}-${field}`, field, ...value }));
  });
}

/** Addresses and other lists in words; everything else as it is. */
export function valueText(value: unknown): string {
  if (!Array.isArray(value)) return plain(value);
  return value
    .map((one) => {
      if (!one || typeof one !== 'object') return plain(one);
      const { ip, mac, interface: port, name } = one as Record<string, unknown>;
      return [ip ?? name, mac, port && `(${plain(port)})`].filter(Boolean).map(plain).join(' ') || plain(one);
    })
    .join(', ');
}
