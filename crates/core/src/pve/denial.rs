//! What a 403 says is missing.

use std::fmt;

use serde::Serialize;

/// Why Proxmox refuses a call although the token is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Denial {
    /// The token (or its user: a token has what both have) lacks these privileges there.
    Lacks {
        /// Where, as in Proxmox's permissions: `/vms/100`, `/nodes/pve1`, `/`.
        path: String,
        /// One of these would do, such as `VM.PowerMgmt`.
        any_of: Vec<String>,
    },
    /// Only `root@pam` itself may, and no token of anybody.
    RootOnly,
    /// No token may, only somebody who signed in.
    NoTokens,
    /// Proxmox does not say what is missing.
    Unnamed(String),
}

impl Denial {
    /// From the text of a 403, such as `Permission check failed (/vms/100, VM.PowerMgmt)`.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let inside = text.split_once('(').map(|(_, rest)| rest.trim_end_matches(')'));
        match inside {
            Some("user != root@pam") => Self::RootOnly,
            Some(reason) if reason.contains("not available with API token") => Self::NoTokens,
            Some(reason) => Self::lacking(reason).unwrap_or_else(|| Self::Unnamed(text.to_owned())),
            None => Self::Unnamed(text.to_owned()),
        }
    }

    fn lacking(reason: &str) -> Option<Self> {
        let (path, privileges) = reason.split_once(',').filter(|(path, _)| path.starts_with('/'))?;
        let mut any_of: Vec<String> = Vec::new();
        for privilege in privileges.split('|').map(str::trim).filter(|privilege| !privilege.is_empty()) {
            // Some methods list the same one twice.
            if !any_of.iter().any(|known| known == privilege) {
                any_of.push(privilege.to_owned());
            }
        }
        (!any_of.is_empty()).then(|| Self::Lacks { path: path.to_owned(), any_of })
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lacks { path, any_of } => write!(out, "needs {} on {path}", any_of.join(" or ")),
            Self::RootOnly => out.write_str("only root@pam may, and no token"),
            Self::NoTokens => out.write_str("no API token may"),
            Self::Unnamed(text) => out.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacks(path: &str, any_of: &[&str]) -> Denial {
        Denial::Lacks { path: path.into(), any_of: any_of.iter().map(ToString::to_string).collect() }
    }

    #[test]
    fn recorded_texts_name_what_is_missing() {
        let table = [
            ("Permission check failed (/vms/100, VM.PowerMgmt)\n", lacks("/vms/100", &["VM.PowerMgmt"])),
            (
                "Permission check failed (/, Sys.Audit|Datastore.Audit)",
                lacks("/", &["Sys.Audit", "Datastore.Audit"]),
            ),
            (
                "Permission check failed (/vms/200, VM.GuestAgent.Unrestricted|VM.GuestAgent.Unrestricted)",
                lacks("/vms/200", &["VM.GuestAgent.Unrestricted"]),
            ),
            ("Permission check failed (user != root@pam)", Denial::RootOnly),
            (
                "Permission check failed (URI '/access/ticket' not available with API token, need proper ticket.",
                Denial::NoTokens,
            ),
            ("Permission check failed", Denial::Unnamed("Permission check failed".into())),
        ];
        for (text, denial) in table {
            assert_eq!(Denial::of(text), denial, "{text}");
        }
    }

    #[test]
    fn it_reads_aloud() {
        assert_eq!(
            lacks("/", &["Sys.Audit", "Datastore.Audit"]).to_string(),
            "needs Sys.Audit or Datastore.Audit on /"
        );
    }
}
