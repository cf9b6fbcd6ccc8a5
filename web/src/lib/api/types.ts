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
  /** Null for what a person wrote without a source that was looked at. */
  seen_at: string | null;
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
  children: (Ref & { via?: string })[];
  facts: Fact[];
  drift: Drift[];
  networks: {
    id: number;
    name: string;
    color?: string | null;
    explicit: boolean;
    source: string;
    ip?: string | null;
  }[];
  missing: { source: string; since: string }[];
}

/** One value that a change set. Besides items, links and observations are recorded too, by the fields of their tables. */
export interface FieldDiff {
  item_id: number | null;
  kind: string | null;
  name: string | null;
  table?: string;
  field: string;
  before: unknown;
  after: unknown;
}

/** What is at a path: no file, or bytes. */
export type Content = { is: 'absent' } | { is: 'bytes'; sha256: string; size: number };

/** A file of the lab that a change altered. */
export interface FileChange {
  /** The kept version with the bytes from before, `b42`. */
  backup: string;
  /** `host:CLUSTER/NODE`, `pct:CLUSTER/VMID`, `qm:CLUSTER/VMID`. */
  place: string;
  path: string;
  before: Content;
  after: Content;
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
  files?: FileChange[];
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
  /** How they came in, where it is known. */
  via?: string;
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
  demo: boolean;
  /** Names of the Proxmox clusters that are connected. */
  clusters: string[];
  /** How many of each kind. */
  items: Record<string, number>;
  /** `texts` can be found by words, `indexed` of them by meaning too. */
  search: { model?: string | null; texts: number; indexed: number; pending: number; degraded?: string | null };
}

export interface ImportPlan {
  import_id: string;
  format: string;
  items_here?: number;
  rows_in: number;
  rows_left_out?: number;
  creates: { row?: unknown; kind: string; name: string }[];
  updates: { kind: string; name: string; id: number; fields: string[] }[];
  unchanged: number;
  /** Where file and hub disagree and the hub's value stays. */
  conflicts: { kind?: string; name?: string; field?: string; what: string; here?: unknown; file?: unknown }[];
  problems: {
    table: string;
    row?: unknown;
    field?: string | null;
    what: string;
    value?: unknown;
    did?: string | null;
  }[];
  suggestions?: { table: string; row?: unknown; name: string; what: string }[];
  nothing_to_do?: boolean;
}

export interface ImportReport extends ImportPlan {
  mode?: string;
  rows_imported?: number;
  deletes?: number;
  safety_copy?: string | null;
  change_id?: number | string | null;
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
