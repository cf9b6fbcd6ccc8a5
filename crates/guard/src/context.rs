//! Where a command would run, and what the owner of the lab adds to the rules.

use serde::{Deserialize, Serialize};

/// What kind of machine runs the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A Proxmox VE node, as root.
    #[default]
    Node,
    /// An unprivileged container without anything of the host in it.
    Container,
    /// A container that reaches the host: privileged, or with host paths or the Docker socket mounted. Weighed as the node is.
    PrivilegedContainer,
    /// A virtual machine.
    Machine,
}

/// Where a command would run, and what the owner of the lab adds to the rules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// What kind of machine runs it.
    pub place: Place,
    /// Commands that are refused: words that a decoded command begins with, such as `apt full-upgrade`.
    pub extra_deny: Vec<String>,
    /// Commands that are asked about.
    pub extra_confirm: Vec<String>,
}

impl Context {
    /// The predecessor's `COMMAND_DENYLIST`: `foo bar` refuses, `confirm:foo` asks.
    #[must_use]
    pub fn with_denylist<'a>(mut self, entries: impl IntoIterator<Item = &'a str>) -> Self {
        for entry in entries.into_iter().map(str::trim).filter(|entry| !entry.is_empty()) {
            match entry.strip_prefix("confirm:") {
                Some(asked) => self.extra_confirm.push(asked.trim().to_owned()),
                None => self.extra_deny.push(entry.to_owned()),
            }
        }
        self
    }
}
