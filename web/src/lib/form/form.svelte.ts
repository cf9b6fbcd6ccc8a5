/** State of the one form that edits items of every kind: values as typed, what differs, what the server said. */
import { ApiError } from '../api/http.ts';
import type { Address, Field, Kind, Row } from '../api/types.ts';
import { linkFields } from '../parents.ts';
import type { Place } from './lend.ts';
import {
  addressList,
  customObject,
  differing,
  fromText,
  isPrimary,
  same,
  snapshot,
  toText,
  type CustomEntry,
  type Wire,
} from './wire.ts';

export interface Conflict {
  /** The row as it is on the server now. */
  current: Row;
  /** Both sides changed these since the form was opened: a person decides. */
  fields: string[];
  /** Only the other side changed these: they are taken over. */
  theirs: string[];
}

export class ItemForm {
  values = $state<Record<string, string>>({});
  tags = $state<string[]>([]);
  custom = $state<CustomEntry[]>([]);
  addresses = $state<Address[]>([]);
  errors = $state.raw<Record<string, string>>({});
  /** A failure that no field owns. */
  problem = $state.raw<ApiError | null>(null);
  conflict = $state.raw<Conflict | null>(null);
  #base = $state.raw<Wire>({});
  rev = 0;
  #lent: Record<string, string> = {};

  constructor(
    readonly kind: Kind,
    row: Row | null,
    filled: Partial<Row> | null = null,
  ) {
    this.#base = snapshot(kind, row);
    this.rev = row?.rev ?? 0;
    this.#fill(filled ? { ...this.#base, ...snapshot(kind, filled as Row) } : this.#base);
  }

  #fill(wire: Wire) {
    for (const field of this.kind.fields) this.values[field.name] = toText(wire[field.name]);
    this.tags = [...(wire.tags as string[])];
    this.custom = Object.entries(wire.custom as object).map(([name, value]) => ({ name, value: toText(value) }));
    const all = wire.addresses as Address[];
    this.addresses = all.filter((address) => !isPrimary(address, all)).map((address) => ({ ...address }));
  }

  /** What the form would store. */
  draft = $derived.by<Wire>(() => {
    const wire: Wire = {};
    for (const field of this.kind.fields) {
      const base = this.#base[field.name];
      const value = fromText(field, this.values[field.name] ?? '');
      // An untouched switch is not an answer.
      wire[field.name] =
        field.type === 'boolean' && base === null && value === false ? null : same(value, base) ? base : value;
    }
    const before = this.#base.custom as Record<string, unknown>;
    wire.tags = $state.snapshot(this.tags);
    wire.custom = customObject(this.custom, before);
    wire.addresses = addressList($state.snapshot(this.addresses), this.#base.addresses as Address[]);
    return wire;
  });
  changed = $derived(differing(this.#base, this.draft));
  dirty = $derived(this.changed.length > 0);

  /** Only what differs, ready to send. */
  payload(): Wire {
    return Object.fromEntries(this.changed.map((key) => [key, this.draft[key]]));
  }

  /** An item stands on one thing: choosing one parent lets go of the others. */
  stand(field: Field, id: number | null) {
    for (const other of linkFields(this.kind)) this.values[other.name] = '';
    if (id !== null) this.values[field.name] = String(id);
  }

  /** Fills what nobody wrote anything into; what another parent lent before goes with it. */
  lend({ hostname, address }: Place) {
    const given: Record<string, string> = { hostname, ip_address: address, ip: address };
    for (const { name } of this.kind.fields) {
      const value = this.values[name] ?? '';
      if (given[name] === undefined || (value && value !== this.#lent[name])) continue;
      this.values[name] = this.#lent[name] = given[name];
    }
  }

  /** Takes the server's refusal apart: a stale revision, one field, or the whole. */
  refused(error: unknown) {
    this.errors = {};
    this.problem = null;
    if (!(error instanceof ApiError)) throw error;
    const current = error.details?.current as Row | undefined;
    if (error.code === 'stale_revision' && current) {
      const now = snapshot(this.kind, current);
      const theirs = differing(this.#base, now);
      const both = theirs.filter((key) => this.changed.includes(key) && !same(now[key], this.draft[key]));
      this.conflict = { current, fields: both, theirs: theirs.filter((key) => !this.changed.includes(key)) };
      return;
    }
    const field = error.field?.split(/[.[]/)[0];
    const known =
      field && (this.kind.fields.some((f) => f.name === field) || ['tags', 'custom', 'addresses'].includes(field));
    if (known) this.errors = { [field]: error.sentence };
    else this.problem = error;
  }

  /** Goes on from the server's version, with this person's words in the fields they chose to keep. */
  settle(mine: readonly string[]) {
    if (!this.conflict) return;
    const { current, fields } = this.conflict;
    const kept = this.changed.filter((key) => !fields.includes(key) || mine.includes(key));
    const words = Object.fromEntries(kept.map((key) => [key, this.draft[key]]));
    this.#base = snapshot(this.kind, current);
    this.rev = current.rev;
    this.#fill({ ...this.#base, ...words });
    this.conflict = null;
  }

  /** Saved: what is shown is what is stored. */
  stored(row: Row) {
    this.#base = snapshot(this.kind, row);
    this.rev = row.rev;
    this.errors = {};
    this.problem = null;
    this.#fill(this.#base);
  }
}
