/** Shapes of the REST contract that the pages use. Timestamps are UTC without a zone: `YYYY-MM-DDTHH:MM:SS.ffffff`. */

export type FieldType =
  | 'text'
  | 'longtext'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'address'
  | 'mac'
  | 'cidr'
  | 'port'
  | 'vlan'
  | 'color'
  | 'icon'
  | 'link'
  | 'markdown'
  | 'json';

export interface Field {
  name: string;
  label: string;
  type: FieldType;
  required: boolean;
  /** Shown in tables unless the person chose otherwise. */
  column: boolean;
  unit?: string | null;
  hint?: string | null;
  help?: string | null;
  suggestions?: string[] | null;
  link_kinds?: string[] | null;
}

export interface Kind {
  key: string;
  label: string;
  label_many: string;
  icon?: string | null;
  count: number;
  name_field: string;
  fields: Field[];
}

export interface Address {
  ip: string | null;
  mac?: string | null;
  interface?: string | null;
  network_id?: number | null;
  primary?: boolean;
}

/** One item as its kind's list gives it: declared fields beside the common ones. */
export interface Row {
  id: number;
  rev: number;
  tags: string[];
  custom: Record<string, unknown>;
  addresses: Address[];
  created_at: string;
  updated_at: string;
  [field: string]: unknown;
}

export interface Ref {
  id: number;
  kind: string;
  name: string;
}

export type Rel = 'parent' | 'connected_to' | 'member_of' | 'depends_on' | 'backs_up' | 'mounts' | 'related' | 'edge';

export interface Link {
  id: number | string | null;
  rel: Rel;
  from: Ref;
  to: Ref;
  label?: string | null;
  data?: Record<string, unknown> | null;
  source?: string | null;
}

export interface Fact {
  field: string;
  value: unknown;
  source: string;
  actor?: string | null;
  seen_at: string;
  shown: boolean;
}

export interface Drift {
  id: number | string;
  item: Ref;
  field: string;
  asserted: unknown;
  observed: unknown;
  source: string;
  seen_at: string;
  state: 'open' | 'kept' | 'pinned';
}

export interface ItemDetail {
  kind: string;
  row: Row;
  links: Link[];
  backlinks: Link[];
  parents: Ref[];
  children: (Ref & { via: string })[];
  facts: Fact[];
  drift: Drift[];
  networks: { id: number; name: string; color?: string | null; explicit: boolean; ip?: string | null }[];
  missing: { source: string; since: string }[];
}

export interface FieldDiff {
  item_id: number;
  kind: string;
  name: string;
  field: string;
  before: unknown;
  after: unknown;
}

export interface Change {
  id: number | string;
  at: string;
  actor: string;
  via: string;
  session?: string | null;
  op: string;
  summary: string;
  items: Ref[];
  diff: FieldDiff[];
  reverts?: number | string | null;
  reverted_by?: number | string | null;
  revertible: boolean;
}

export interface Impact {
  item: Ref;
  affected: (Ref & { depth: number; path: { id: number; name: string; rel: string }[] })[];
}

export interface SearchHit {
  entity_type: string;
  entity_id: number;
  name: string;
  score: number;
  snippet?: string | null;
  matched?: { field?: string | null; why?: string | null } | null;
  icon?: string | null;
}

export interface Config {
  requiresAuth: boolean;
  version: string;
  setup_required?: boolean;
  demo?: boolean;
  auth?: { password?: boolean; token?: boolean };
  user?: User | null;
}

export type Role = 'viewer' | 'editor' | 'operator' | 'admin';
export interface User {
  name: string;
  role: Role;
}

export interface Token {
  id: number | string;
  name: string;
  scope: string;
  created_at: string;
  expires_at?: string | null;
  last_used_at?: string | null;
  revoked_at?: string | null;
}

export interface Status {
  version: string;
  data_dir: string;
  items: number;
  documents: number;
  search: { model?: string | null; indexed: number; pending: number; degraded?: string | null };
  uptime_s: number;
  demo: boolean;
}

export interface ImportPlan {
  import_id: string;
  format: string;
  rows_in: number;
  creates: { row?: unknown; kind: string; name: string }[];
  updates: { kind: string; name: string; id: number; fields: string[] }[];
  unchanged: number | unknown[];
  conflicts: { kind?: string; name?: string; what?: string; [key: string]: unknown }[];
  problems: {
    table: string;
    row?: unknown;
    field?: string | null;
    what: string;
    value?: unknown;
    did?: string | null;
  }[];
  counts: Record<string, number>;
}

export interface LiveEvent {
  seq: number;
  type: string;
  action?: 'created' | 'updated' | 'deleted';
  id?: number;
  kind?: string;
  name?: string;
  rev?: number;
  change_id?: number | string;
}

export interface ListOf<T> {
  data: T[];
  count: number;
}
