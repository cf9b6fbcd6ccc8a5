//! What can be wrong with a server.

use std::time::Duration;

/// How it misbehaves from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// Every answer comes so much later.
    pub slow: Option<Duration>,
    /// Every request is answered 500.
    pub broken: bool,
    /// Every connection is closed without an answer.
    pub resets: bool,
    /// Changes are taken, and are not in force when the answer comes.
    pub late: bool,
}
