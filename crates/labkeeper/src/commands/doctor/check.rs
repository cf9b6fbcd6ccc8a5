//! What is looked at beside the connections with the clusters, which are `core`'s matter.

use labkeeper_core::checkup::{Finding, Level};

/// What a finding is about. `docs/troubleshooting.md` has a section for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    Configuration,
    DataDirectory,
    Files,
    Database,
    Audit,
    OldVersions,
    Bucket,
    Model,
    Vectors,
    Redis,
    Traces,
    Access,
    Clusters,
    SshKey,
    SshLogin,
    LxcAttach,
    Git,
    ClaudeCode,
    McpTier,
    McpWrite,
    HostRoot,
    Ceiling,
    Approvals,
    AskPeople,
    Elicitation,
    Denylist,
    RequireLogin,
    Toolsets,
}

impl Check {
    /// Section and name of the finding.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Configuration => ("installation", "configuration"),
            Self::DataDirectory => ("installation", "data_directory"),
            Self::Files => ("installation", "files"),
            Self::Database => ("installation", "database"),
            Self::Audit => ("installation", "audit"),
            Self::OldVersions => ("installation", "old_versions"),
            Self::Bucket => ("installation", "bucket"),
            Self::Model => ("installation", "model"),
            Self::Vectors => ("installation", "vectors"),
            Self::Redis => ("installation", "redis"),
            Self::Traces => ("installation", "traces"),
            Self::Access => ("installation", "access"),
            Self::Clusters => ("proxmox", "clusters"),
            Self::SshKey => ("ssh", "ssh_key"),
            Self::SshLogin => ("ssh", "ssh_login"),
            Self::LxcAttach => ("ssh", "lxc_attach"),
            Self::Git => ("programs", "git"),
            Self::ClaudeCode => ("programs", "claude_code"),
            Self::McpTier => ("safety", "mcp_tier"),
            Self::McpWrite => ("safety", "mcp_write"),
            Self::HostRoot => ("safety", "host_root"),
            Self::Ceiling => ("safety", "ceiling"),
            Self::Approvals => ("safety", "approvals"),
            Self::AskPeople => ("safety", "ask_people"),
            Self::Elicitation => ("safety", "elicitation"),
            Self::Denylist => ("safety", "denylist"),
            Self::RequireLogin => ("safety", "require_login"),
            Self::Toolsets => ("safety", "toolsets"),
        }
    }

    pub(super) fn finds(self, status: Level, finding: impl Into<String>) -> Finding {
        let (section, check) = self.names();
        Finding::new(section, check, status, finding)
    }

    pub(super) fn ok(self, finding: impl Into<String>) -> Finding {
        self.finds(Level::Ok, finding)
    }
}

#[cfg(test)]
mod tests {
    use labkeeper_core::checkup::connection;

    use super::*;

    const ALL: [Check; 28] = [
        Check::Configuration,
        Check::DataDirectory,
        Check::Files,
        Check::Database,
        Check::Audit,
        Check::OldVersions,
        Check::Bucket,
        Check::Model,
        Check::Vectors,
        Check::Redis,
        Check::Traces,
        Check::Access,
        Check::Clusters,
        Check::SshKey,
        Check::SshLogin,
        Check::LxcAttach,
        Check::Git,
        Check::ClaudeCode,
        Check::McpTier,
        Check::McpWrite,
        Check::HostRoot,
        Check::Ceiling,
        Check::Approvals,
        Check::AskPeople,
        Check::Elicitation,
        Check::Denylist,
        Check::RequireLogin,
        Check::Toolsets,
    ];

    #[test]
    fn every_check_is_described_to_who_has_the_trouble() {
        assert_eq!(ALL.len(), Check::Toolsets as usize + 1, "a check is missing from the list here");
        let page = include_str!("../../../../../docs/troubleshooting.md");
        let ours = ALL.map(|check| check.names().1);
        let connections = connection::Check::ALL.map(connection::Check::as_str);
        let described: Vec<&str> =
            page.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
        for name in ours.into_iter().chain(connections) {
            assert!(described.contains(&name), "docs/troubleshooting.md lacks a section \"### `{name}`\"");
        }
        assert_eq!(
            described.len(),
            ours.len() + connections.len(),
            "the page describes what nobody looks at: {described:?}"
        );
    }
}
