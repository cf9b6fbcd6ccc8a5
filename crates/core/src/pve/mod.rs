//! Proxmox VE as types: how its things are named, what its API is asked, what it answers and why it refuses.
//!
//! A call is a value: for container 101 on pve1, `calls::guest::start(&at)` is `POST /nodes/pve1/lxc/101/status/start`
//! and wants `VM.PowerMgmt on /vms/101`.
//!
//! `dyn Pve` in [`crate::ports`] carries calls out.

mod address;
mod call;
pub mod calls;
mod complaint;
mod denial;
mod error;
mod facts;
mod fault;
mod fingerprint;
mod guest;
mod id_error;
mod lenient;
mod names;
mod need;
mod path;
mod request;
mod secret;
mod text_id;
mod token_id;
mod upid;
mod visit;
mod vmid;
mod volume_id;
mod x509;

pub use address::Address;
pub use call::Call;
pub use complaint::Complaint;
pub use denial::Denial;
pub use error::PveError;
pub use facts::{
    AgentAnswer, BackupVolume, BootInfo, ClusterStatus, CpuInfo, Disk, DiskSource, GuestConfig, GuestDisk,
    GuestInterface, GuestNic, GuestRow, GuestStatus, HaState, HostName, InterfaceAddress, IpSetting,
    Lifetime, LogLine, Member, NetworkInterface, NetworkRow, NodeCertificate, NodeRow, NodeStatus, OsInfo,
    Permissions, PoolRow, Replication, Resource, Rows, RunState, Service, Snapshot, Snapshots, Space,
    StorageRow, StorageStatus, StoredVolume, TaskEnd, TaskExit, TaskRow, TaskStatus, TokenRow, Update,
    UserRow, Verification, Version, ZfsDevice, ZfsPool, ZfsPoolStatus,
};
pub use fingerprint::Fingerprint;
pub use guest::{GuestAt, GuestKind, GuestRef};
pub use id_error::{IdError, Shown};
pub use names::{ClusterName, NodeName, SnapshotName, StorageId, ZfsPoolName};
pub use need::{Need, Without};
pub use path::ApiPath;
pub use request::{Effect, Method, Request};
pub use secret::Secret;
pub use token_id::TokenId;
pub use upid::Upid;
pub use visit::Visit;
pub use vmid::VmId;
pub use volume_id::VolumeId;
pub use x509::CertificateFacts;
