//! What a restore is to do, as its task carries it.

use super::guest::Kind;

/// What a restore is to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Restore {
    /// Over which guest.
    pub vmid: u32,
    /// Of which sort.
    pub kind: Kind,
    /// `nas:backup/vzdump-lxc-100-….tar.zst`.
    pub archive: String,
    /// Where its disks go; where the archive says when nobody does.
    pub storage: Option<String>,
    /// Start it afterwards.
    pub start: bool,
    /// What the one who started it may not, which is found out once the archive was read.
    pub forbidden: Option<String>,
}
