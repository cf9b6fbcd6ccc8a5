//! Words to run somewhere.

use std::time::Duration;

use labkeeper_core::shell::Spot;

/// A program, where, and within which bounds.
pub(super) struct Job<'a> {
    pub(super) spot: &'a Spot,
    pub(super) words: &'a [String],
    pub(super) stdin: &'a [u8],
    pub(super) timeout: Duration,
    /// How long it may take to end once it is told to.
    pub(super) grace: Duration,
    pub(super) keep: usize,
}
