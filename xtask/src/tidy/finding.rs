//! What a check finds.

use std::fmt;

/// One breach of a rule: where, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// A path, with a line where one is known, or the name of a package.
    pub(super) place: String,
    pub(super) what: String,
}

impl Finding {
    pub(super) fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}
