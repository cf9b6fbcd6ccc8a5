//! Which privilege a call needs, known before it is made: an empty list of Proxmox may mean *not allowed*, and only this
//! tells the two apart.

use std::fmt;

use serde::Serialize;

/// One thing that the token must have for a full answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// Where, as in Proxmox's permissions: `/vms/100`.
    pub path: String,
    /// One of these.
    pub any_of: &'static [&'static str],
    /// What happens without.
    pub without: Without,
}

/// How Proxmox treats who lacks the privilege.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Without {
    /// It answers 403.
    Refused,
    /// It answers as if there were nothing.
    LeftOut,
}

/// `VM.Audit on /vms/100`
impl fmt::Display for Need {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} on {}", self.any_of.join(" or "), self.path)
    }
}

impl Need {
    pub(super) fn refused(path: impl Into<String>, any_of: &'static [&'static str]) -> Self {
        Self { path: path.into(), any_of, without: Without::Refused }
    }

    pub(super) fn left_out(path: impl Into<String>, any_of: &'static [&'static str]) -> Self {
        Self { path: path.into(), any_of, without: Without::LeftOut }
    }
}
