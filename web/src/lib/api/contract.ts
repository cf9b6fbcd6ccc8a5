/**
 * Holds the shapes that the pages read (`types.ts`, `proxmox.ts` and their neighbours) against the ones that the hub publishes (`api.gen.ts`, written from
 * `api/openapi.json`): where the hub stops giving what a page needs, the type check fails here.
 */
import type { paths } from './api.gen.ts';
import type { Approval } from './approvals.ts';
import type { AuditPage, AuditRecord, Verification } from './audit.ts';
import type { ImportReport as HostsImported, Reviewed, Scan, ScanPage, ScanShown } from './discovery.ts';
import type { FileVersion, VersionDiff } from './files.ts';
import type { Save, Saved } from '../docs/versions.ts';
import type { Outage, Past } from '../reachability/past.ts';
import type { Reachability } from '../reachability/watch.svelte.ts';
import type { Connection, Gap, GuestBackup, GuestDetail, Health, ListedGuest, Node, Snapshot } from './proxmox.ts';
import type {
  Change,
  Drift,
  FieldDiff,
  FileChange,
  ImportPlan,
  ImportReport,
  Kind,
  Ref,
  SearchHit,
  Status,
  Token,
  User,
} from './types.ts';

type Get<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer T } } } };
}
  ? T
  : never;
type Post<P extends keyof paths> = paths[P] extends {
  post: { responses: { 200: { content: { 'application/json': infer T } } } };
}
  ? T
  : never;
type Each<T> = T extends { data: readonly (infer One)[] } ? One : never;
/** A write that is asked for its plan answers that instead. */
type Done<T> = T extends { plan: unknown } ? never : T;
type Data<T> = T extends { data: infer One } ? One : never;
/** One address, two questions: each leaves out what the other answers. */
type Whole<T> = { [K in keyof T]-?: NonNullable<T[K]> };
/** An address that is gone gives `never`, which would fit anything. */
type Fits<Given extends Needed, Needed> = [Given] extends [never] ? false : true;
type Held<All extends true[]> = All;

export type Contract = Held<
  [
    Fits<Each<Get<'/api/kinds'>>, Pick<Kind, 'key' | 'label' | 'label_many' | 'count' | 'name_field'>>,
    Fits<Each<Get<'/api/drift'>>, Omit<Drift, 'asserted' | 'observed'>>,
    Fits<Each<Get<'/api/changes'>>, Omit<Change, 'diff'>>,
    Fits<Each<Get<'/api/changes'>>['diff'][number], Pick<FieldDiff, 'field'>>,
    Fits<Each<Get<'/api/search'>>, Pick<SearchHit, 'entity_type' | 'entity_id' | 'name' | 'score'>>,
    Fits<Data<Get<'/api/impact/{id}'>>['item'], Ref>,
    Fits<Get<'/api/status'>, Status>,
    Fits<Each<Get<'/api/tokens'>>, Pick<Token, 'id' | 'name' | 'scope' | 'created_at'>>,
    Fits<Each<Get<'/api/users'>>, Pick<User, 'name'>>,
    Fits<Data<Post<'/api/import/preview'>>, Pick<ImportPlan, 'import_id' | 'rows_in' | 'creates' | 'unchanged'>>,
    Fits<Data<Post<'/api/import/apply'>>, Pick<ImportReport, 'rows_in' | 'creates' | 'problems'>>,
    Fits<NonNullable<Each<Get<'/api/changes'>>['files']>, FileChange[]>,
    Fits<Each<Get<'/api/documents/{id}/versions'>>, Save>,
    Fits<Get<'/api/documents/{id}/versions/{change}'>, Saved>,
    Fits<Each<Get<'/api/approvals'>>, Omit<Approval, 'plan' | 'outcome'>>,
    Fits<Each<Get<'/api/approvals/{id}'>>, Omit<Approval, 'plan' | 'outcome'>>,
    Fits<Data<Post<'/api/approvals/{id}/approve'>>, Omit<Approval, 'plan' | 'outcome'>>,
    Fits<Each<Get<'/api/audit'>>, Omit<AuditRecord, 'summary' | 'phase'>>,
    Fits<Get<'/api/audit'>, Pick<AuditPage, 'count' | 'summary'>>,
    Fits<Get<'/api/audit/verify'>, Verification>,
    Fits<NonNullable<Get<'/api/proxmox/backups'>['versions']>[number], Omit<FileVersion, 'kind'>>,
    Fits<Get<'/api/files/diff'>, VersionDiff>,
    Fits<Get<'/api/proxmox/nodes'>, { nodes: Node[]; gaps: Gap[] }>,
    Fits<Get<'/api/proxmox/containers'>, { guests: ListedGuest[]; gaps: Gap[] }>,
    Fits<Get<'/api/proxmox/vms'>, { guests: ListedGuest[]; gaps: Gap[] }>,
    Fits<Whole<Get<'/api/proxmox/health'>>, Health>,
    Fits<Get<'/api/discovery/jobs'>, ScanPage>,
    Fits<Get<'/api/discovery/jobs/{id}'>, ScanShown>,
    Fits<Get<'/api/discovery/jobs/{id}/review'>, Reviewed>,
    Fits<Done<Post<'/api/discovery/jobs'>>, Pick<Scan, 'id' | 'cidr' | 'total'>>,
    Fits<Done<Post<'/api/discovery/import'>>, HostsImported>,
    Fits<Get<'/api/reachability'>, Reachability>,
    Fits<NonNullable<Get<'/api/reachability'>['outages']>, Outage[]>,
    Fits<Get<'/api/items/{id}/reachability'>, Past>,
    Fits<Get<'/api/proxmox/guests/{vmid}'>, GuestDetail>,
    Fits<Get<'/api/proxmox/guests/{vmid}/snapshots'>, { snapshots: Snapshot[] }>,
    Fits<Get<'/api/proxmox/backups'>, { backups: GuestBackup[]; gaps: Gap[] }>,
    Fits<Get<'/api/proxmox/clusters'>, { clusters: Connection[] }>,
  ]
>;
