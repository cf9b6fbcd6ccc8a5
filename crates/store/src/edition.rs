//! Which edition of the data can be read, and what a transaction did to it so far.

use labkeeper_core::stamp::Stamp;

/// The newest event: its number and its time. Together they name what can be read, also across a restored copy: after one, numbers
/// come again, and never in the same moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Edition {
    /// Number of the newest event, 0 when there is none.
    pub seq: i64,
    /// When that was.
    pub at: Stamp,
}

/// What a transaction did to the edition so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Progress {
    /// Something was written of which kept answers may be made.
    pub(crate) wrote: bool,
    /// An event of this transaction is written.
    pub(crate) told: bool,
}
