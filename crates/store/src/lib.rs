//! The database: items, links, observations, journal, audit, events, access.
//!
//! Invariant: every write of the inventory goes through [`WriteTx`], which records before- and
//! after-images, emits events and appends the audit outcome in the same transaction.

mod access;
mod approvals;
mod audit;
mod audit_anchors;
mod audit_checkpoints;
mod audit_index;
mod audit_key;
mod backups;
mod blobs;
mod censuses;
mod durable;
mod error;
mod event;
mod events;
mod foreign;
mod icons;
mod image;
mod items;
mod journal;
mod layout;
mod links;
mod memories;
mod migrate;
mod observations;
mod obstacle;
mod open;
mod presence;
mod reachability;
mod restore;
mod scans;
mod search;
mod sightings;
mod verbatim;
mod versions;
mod view;

pub use access::{Session, Token, User};
pub use approvals::{Decision, Parked, Request as ApprovalRequest, Which as ApprovalFilter};
pub use audit::{Intent, NEW_KEY, Outcome};
pub use audit_anchors::AnchorState;
pub use audit_checkpoints::KeptCheckpoint;
pub use audit_index::{AuditFilter, AuditPage, AuditSummary, Words};
pub use backups::{KeepError, NewVersion};
pub use censuses::KeptCensus;
pub use error::{Result, StoreError};
pub use event::Event;
pub use foreign::{ForeignError, read_tables as read_foreign_tables};
pub use icons::Icon;
pub use items::{ItemFilter, NewItem};
pub use journal::{Change, ChangeFilter, ChangeMeta};
pub use layout::Position;
pub use links::NewLink;
pub use memories::Memory;
pub use observations::{Identity, Observation};
pub use obstacle::{Collision, Obstacle, Use};
pub use open::Store;
pub use reachability::{Looked, Noted, ShownCertificate, Stretch};
pub use scans::{NewScan, Scan, ScanState};
pub use search::{ChangeLine, Touched};
pub use sightings::Sighting;
pub use versions::Version;
pub use view::{View, WriteTx};
