//! What the API answers, as types.
//!
//! *Invariant:* no field that Proxmox adds, leaves out or sends in another form makes an answer unreadable; only the field
//! that names the thing must be there.

pub(super) mod agent;
pub(super) mod certificate;
pub(super) mod cluster;
pub(super) mod disk;
pub(super) mod guest_config;
pub(super) mod guest_disk;
pub(super) mod guest_status;
pub(super) mod network;
pub(super) mod nic;
pub(super) mod node_status;
pub(super) mod permissions;
mod property;
pub(super) mod replication;
pub(super) mod resource;
pub(super) mod rows;
pub(super) mod run_state;
pub(super) mod service;
pub(super) mod snapshot;
pub(super) mod storage;
pub(super) mod task;
pub(super) mod update;
pub(super) mod user;
pub(super) mod version;
pub(super) mod zfs;

pub use agent::{AgentAnswer, GuestInterface, HostName, InterfaceAddress, OsInfo};
pub use certificate::NodeCertificate;
pub use cluster::{ClusterStatus, Member};
pub use disk::Disk;
pub use guest_config::GuestConfig;
pub use guest_disk::{DiskSource, GuestDisk};
pub use guest_status::{GuestStatus, HaState};
pub use network::NetworkInterface;
pub use nic::{GuestNic, IpSetting};
pub use node_status::{BootInfo, CpuInfo, NodeStatus, Space};
pub use permissions::Permissions;
pub use replication::Replication;
pub use resource::{GuestRow, NetworkRow, NodeRow, PoolRow, Resource, StorageRow};
pub use rows::Rows;
pub use run_state::RunState;
pub use service::Service;
pub use snapshot::{Snapshot, Snapshots};
pub use storage::{BackupVolume, StorageStatus, StoredVolume, Verification};
pub use task::{LogLine, TaskEnd, TaskExit, TaskRow, TaskStatus};
pub use update::Update;
pub use user::{Lifetime, TokenRow, UserRow};
pub use version::Version;
pub use zfs::{ZfsDevice, ZfsPool, ZfsPoolStatus};
