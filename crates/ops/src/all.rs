//! Every operation, one line each. Faces, schemas, docs and tests iterate over this list.

use crate::operation::Entry;
use crate::{access, discovery, facts, hub, inventory, journal, map, memory, proxmox, search, transfer};

/// The registry in the order in which it is shown.
pub fn all() -> Vec<Entry> {
    vec![
        // the inventory
        Entry::of::<inventory::list::InventoryList>(),
        Entry::of::<inventory::get::InventoryGet>(),
        Entry::of::<inventory::show::InventoryShow>(),
        Entry::of::<inventory::create::InventoryCreate>(),
        Entry::of::<inventory::update::InventoryUpdate>(),
        Entry::of::<inventory::delete::InventoryDelete>(),
        Entry::of::<inventory::bulk::InventoryBulk>(),
        Entry::of::<inventory::merge::InventoryMerge>(),
        Entry::of::<inventory::everything::InventoryAll>(),
        Entry::of::<inventory::find_by_name::FindByName>(),
        Entry::of::<inventory::kinds::InventoryKinds>(),
        Entry::of::<inventory::impact::InventoryImpact>(),
        Entry::of::<inventory::link_create::LinkCreate>(),
        Entry::of::<inventory::link_delete::LinkDelete>(),
        Entry::of::<inventory::members::NetworkMembers>(),
        Entry::of::<inventory::members::NetworkMemberAdd>(),
        Entry::of::<inventory::members::NetworkMemberRemove>(),
        Entry::of::<inventory::document_move::DocumentMove>(),
        Entry::of::<inventory::icon_upload::IconUpload>(),
        // search and memory
        Entry::of::<search::ask::InventorySearch>(),
        Entry::of::<search::reindex::SearchIndex>(),
        Entry::of::<memory::add::MemoryAdd>(),
        Entry::of::<memory::forget::MemoryForget>(),
        Entry::of::<memory::search::MemorySearch>(),
        Entry::of::<memory::recall::MemoryRecall>(),
        // the map
        Entry::of::<map::graph::MapGraph>(),
        Entry::of::<map::networks::MapNetworks>(),
        Entry::of::<map::layout::MapLayout>(),
        Entry::of::<map::layout::MapLayoutSave>(),
        Entry::of::<map::edge_create::MapEdgeCreate>(),
        // what sources see
        Entry::of::<facts::observe::InventoryObserve>(),
        Entry::of::<facts::drift_list::DriftList>(),
        Entry::of::<facts::drift_settle::DriftSettle>(),
        // the network
        Entry::of::<discovery::health_check::HealthCheck>(),
        Entry::of::<discovery::discover_subnet::DiscoverSubnet>(),
        Entry::of::<discovery::discovery_import::DiscoveryImport>(),
        // Proxmox VE
        Entry::of::<proxmox::cluster_check::ClusterCheck>(),
        Entry::of::<proxmox::describe_homelab::DescribeHomelab>(),
        Entry::of::<proxmox::describe_guest::DescribeGuest>(),
        Entry::of::<proxmox::list_backups::ListBackups>(),
        Entry::of::<proxmox::reconcile::Reconcile>(),
        Entry::of::<proxmox::node_list::NodeList>(),
        Entry::of::<proxmox::guest_list::PctList>(),
        Entry::of::<proxmox::guest_list::QmList>(),
        Entry::of::<proxmox::guest_start::GuestStart>(),
        Entry::of::<proxmox::guest_stop::GuestStop>(),
        Entry::of::<proxmox::guest_restart::GuestRestart>(),
        Entry::of::<proxmox::qm_agent_ping::QmAgentPing>(),
        Entry::of::<proxmox::snapshot_list::SnapshotList>(),
        Entry::of::<proxmox::snapshot_create::SnapshotCreate>(),
        Entry::of::<proxmox::snapshot_delete::SnapshotDelete>(),
        Entry::of::<proxmox::snapshot_rollback::SnapshotRollback>(),
        // journal and audit
        Entry::of::<journal::plan_call::PlanCall>(),
        Entry::of::<journal::changes_list::ChangesList>(),
        Entry::of::<journal::change_undo::ChangeUndo>(),
        Entry::of::<journal::session_undo::SessionUndo>(),
        Entry::of::<journal::query_audit::QueryAudit>(),
        Entry::of::<journal::audit_verify::AuditVerify>(),
        // the hub itself
        Entry::of::<hub::app_status::AppStatus>(),
        Entry::of::<hub::hub_status::HubStatus>(),
        Entry::of::<transfer::import_preview::ImportPreview>(),
        Entry::of::<transfer::import_apply::ImportApply>(),
        Entry::of::<transfer::inventory_import::InventoryImport>(),
        Entry::of::<transfer::inventory_export::InventoryExport>(),
        // people and tokens
        Entry::of::<access::user_list::UserList>(),
        Entry::of::<access::user_create::UserCreate>(),
        Entry::of::<access::user_update::UserUpdate>(),
        Entry::of::<access::user_delete::UserDelete>(),
        Entry::of::<access::password_change::PasswordChange>(),
        Entry::of::<access::token_list::TokenList>(),
        Entry::of::<access::token_create::TokenCreate>(),
        Entry::of::<access::token_revoke::TokenRevoke>(),
    ]
}
