//! Units that the lists are written in.

/// A day in seconds.
pub(super) const DAY: i64 = 86_400;
/// A gibibyte in bytes.
pub(super) const GIB: u64 = 1 << 30;
