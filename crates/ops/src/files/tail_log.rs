//! `tail_log`.

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, GuestKind, NodeName, VmId};
use labkeeper_core::service::{Since, UnitName};
use labkeeper_core::shell::FilePath;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reading::allowed;
use super::tailing::{Source, Tail, tail};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::site::Site;

/// Read the end of a log: the journal of a systemd unit, or a log file, of a guest or a node.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TailLog {
    /// Whose log: `{"kind": "pct", "vmid": 101}`; the node's when left out.
    #[serde(default)]
    pub target: LogTarget,
    /// The unit whose journal is read; give this or `path`.
    #[serde(default)]
    pub unit: Option<UnitName>,
    /// The file that is read; give this or `unit`.
    #[serde(default)]
    pub path: Option<FilePath>,
    /// How many lines; 100 when left out, 500 at most.
    #[serde(default)]
    pub lines: Option<u32>,
    /// From when on, with `unit`: `2026-06-24 10:00`, `30 min ago`.
    #[serde(default)]
    pub since: Option<Since>,
}

/// Where a log is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum LogTarget {
    /// On a node.
    Host {
        /// Which node; only where there are several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeName>,
        /// In which cluster; only where several have a node of that name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cluster: Option<ClusterName>,
    },
    /// In a container.
    Pct {
        /// Which container.
        vmid: VmId,
        /// In which cluster; only where several have that number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cluster: Option<ClusterName>,
    },
    /// In a virtual machine.
    Qm {
        /// Which virtual machine.
        vmid: VmId,
        /// In which cluster; only where several have that number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cluster: Option<ClusterName>,
    },
}

impl Default for LogTarget {
    fn default() -> Self {
        Self::Host { node: None, cluster: None }
    }
}

/// The end of a log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LogTail {
    /// Whose log.
    pub target: LogTarget,
    /// `unit` or `path`.
    pub mode: String,
    /// The unit, or the file.
    pub source: String,
    /// How many lines there are.
    pub lines: usize,
    /// The lines.
    pub content: String,
    /// Some of them were too long together; the beginning of what was asked for is not here.
    pub truncated: bool,
}

impl TailLog {
    fn source(&self, cx: &Cx) -> Result<Source, Fault> {
        match (&self.unit, &self.path) {
            (Some(unit), None) => Ok(Source::Unit { unit: unit.clone(), since: self.since.clone() }),
            (None, Some(_)) if self.since.is_some() => {
                Err(Fault::invalid("since", "since goes with unit; a file has no times that are known"))
            }
            (None, Some(path)) => allowed(cx, path).map(|()| Source::Path(path.clone())),
            _ => Err(Fault::invalid("unit", "give either unit or path")),
        }
    }
}

impl LogTarget {
    async fn site(&self, cx: &Cx) -> Result<Site, Fault> {
        match self {
            Self::Host { node, cluster } => Site::host(cx, node.as_ref(), cluster.as_ref()),
            Self::Pct { vmid, cluster } => Site::guest(cx, GuestKind::Lxc, *vmid, cluster.as_ref()).await,
            Self::Qm { vmid, cluster } => Site::guest(cx, GuestKind::Qemu, *vmid, cluster.as_ref()).await,
        }
    }
}

impl Operation for TailLog {
    type Output = LogTail;
    const META: Meta = Meta::read("tail_log", "Read the end of a log", Toolset::Proxmox)
        .tier(Tier::Companion)
        .open_world()
        .foreign()
        .routes(&[Route::post("/api/files/tail")]);

    async fn run(self, cx: &mut Cx) -> Result<LogTail, Fault> {
        let source = self.source(cx)?;
        let site = self.target.site(cx).await?;
        let Tail { content, truncated } = tail(cx, &site, &source, self.lines).await?;
        let (mode, source) = match source {
            Source::Unit { unit, .. } => ("unit", unit.to_string()),
            Source::Path(path) => ("path", path.to_string()),
        };
        let lines = content.lines().count();
        Ok(LogTail { target: self.target, mode: mode.into(), source, lines, content, truncated })
    }
}
