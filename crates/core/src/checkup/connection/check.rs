//! What is looked at.

use crate::checkup::finding::Finding;
use crate::checkup::level::Level;
use crate::pve::PveError;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Whether an endpoint answers, with the right certificate and in time.
    Endpoint,
    /// Whether the token is accepted.
    Token,
    /// Until when the token is good.
    TokenExpiry,
    /// Whether the token may all that its tier wants.
    Privileges,
    /// Whether the token may more than its tier wants.
    Surplus,
    /// Whether a node's clock and ours agree.
    Clock,
    /// Which Proxmox VE it is.
    Release,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Endpoint,
        Self::Token,
        Self::TokenExpiry,
        Self::Privileges,
        Self::Surplus,
        Self::Clock,
        Self::Release,
    ];

    /// As in [`Finding::check`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Token => "token",
            Self::TokenExpiry => "token_expiry",
            Self::Privileges => "privileges",
            Self::Surplus => "surplus",
            Self::Clock => "clock",
            Self::Release => "release",
        }
    }

    pub(super) fn finds(self, status: Level, finding: impl Into<String>) -> Finding {
        Finding::new("proxmox", self.as_str(), status, finding)
    }

    /// It could not be looked at, for that reason.
    pub(super) fn unseen(self, error: &PveError) -> Finding {
        self.finds(Level::Unknown, error.to_string()).with_remedy(error.remedy())
    }

    /// It was not looked at, for there was nobody to ask.
    pub fn unasked(self) -> Finding {
        self.finds(Level::Unknown, "not looked at: no endpoint answers and accepts the token")
            .with_remedy("see to the endpoints and the token first")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_them_are_listed_under_names_of_their_own() {
        let names: std::collections::BTreeSet<_> = Check::ALL.map(Check::as_str).into();
        assert_eq!(names.len(), Check::Release as usize + 1);
    }
}
