//! `write_file`, `pct_write_file` and `qm_write_file`.

use labkeeper_core::change::Reversal;
use labkeeper_core::fault::Fault;
use labkeeper_core::file::Encoding;
use labkeeper_core::pve::{ClusterName, GuestKind, NodeName, VmId};
use labkeeper_core::shell::FilePath;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::Deserialize;

use super::write::{Draft, Proposed};
use super::written::{Written, planned, written};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};
use crate::site::Site;

/// Write a whole file on a node; for small changes edit_file is safer. Files of Proxmox' own configuration and of who may log in are refused.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteFile {
    /// The file, absolute.
    pub path: FilePath,
    /// Its new content, whole.
    pub content: String,
    /// How `content` is written; `base64` for binary files.
    #[serde(default)]
    pub encoding: Encoding,
    /// Which node; only where there are several.
    #[serde(default)]
    pub node: Option<NodeName>,
    /// In which cluster; only where several have a node of that name.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// Write a whole file in a running container; for small changes pct_edit_file is safer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PctWriteFile {
    /// Which container.
    pub vmid: VmId,
    /// The file in the container, absolute.
    pub path: FilePath,
    /// Its new content, whole.
    pub content: String,
    /// How `content` is written; `base64` for binary files.
    #[serde(default)]
    pub encoding: Encoding,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// Write a whole file in a running virtual machine, through its guest agent; for small changes qm_edit_file is safer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QmWriteFile {
    /// Which virtual machine.
    pub vmid: VmId,
    /// The file in the machine, absolute.
    pub path: FilePath,
    /// Its new content, whole.
    pub content: String,
    /// How `content` is written; `base64` for binary files.
    #[serde(default)]
    pub encoding: Encoding,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// What writing and editing files have in common.
pub(super) const fn meta(name: &'static str, title: &'static str, tier: Tier) -> Meta {
    Meta::act(name, title, Toolset::Proxmox)
        .tier(tier)
        .reversal(Reversal::Backup)
        .destructive()
        // The diff has what was there before.
        .foreign()
        .secrets_into(&["content", "oldString", "newString"])
}

fn draft(content: &str, encoding: Encoding) -> Result<Draft, Fault> {
    let bytes = encoding.bytes(content).map_err(|error| {
        Fault::invalid("content", error.to_string()).with_hint("give standard base64 with padding")
    })?;
    Ok(Draft::Bytes(bytes))
}

impl WriteFile {
    fn proposed(&self, cx: &Cx) -> Result<Proposed, Fault> {
        let draft = draft(&self.content, self.encoding)?;
        let site = Site::host(cx, self.node.as_ref(), self.cluster.as_ref())?;
        Ok(Proposed { site, path: self.path.clone(), draft })
    }
}

impl Operation for WriteFile {
    type Output = Written;
    const META: Meta = meta("write_file", "Write a file on a node", Tier::Root)
        .idempotent()
        .routes(&[Route::put("/api/files/host")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let proposed = self.proposed(cx)?;
        planned(cx, proposed).await
    }

    async fn run(self, cx: &mut Cx) -> Result<Written, Fault> {
        let proposed = self.proposed(cx)?;
        written(cx, Self::META.name, proposed).await
    }
}

impl PctWriteFile {
    async fn proposed(&self, cx: &Cx) -> Result<Proposed, Fault> {
        let draft = draft(&self.content, self.encoding)?;
        let site = Site::guest(cx, GuestKind::Lxc, self.vmid, self.cluster.as_ref()).await?;
        Ok(Proposed { site, path: self.path.clone(), draft })
    }
}

impl Operation for PctWriteFile {
    type Output = Written;
    const META: Meta = meta("pct_write_file", "Write a file in a container", Tier::Companion)
        .idempotent()
        .routes(&[Route::put("/api/files/pct/{vmid}")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let proposed = self.proposed(cx).await?;
        planned(cx, proposed).await
    }

    async fn run(self, cx: &mut Cx) -> Result<Written, Fault> {
        let proposed = self.proposed(cx).await?;
        written(cx, Self::META.name, proposed).await
    }
}

impl QmWriteFile {
    async fn proposed(&self, cx: &Cx) -> Result<Proposed, Fault> {
        let draft = draft(&self.content, self.encoding)?;
        let site = Site::guest(cx, GuestKind::Qemu, self.vmid, self.cluster.as_ref()).await?;
        Ok(Proposed { site, path: self.path.clone(), draft })
    }
}

impl Operation for QmWriteFile {
    type Output = Written;
    const META: Meta = meta("qm_write_file", "Write a file in a virtual machine", Tier::Companion)
        .idempotent()
        .routes(&[Route::put("/api/files/qm/{vmid}")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let proposed = self.proposed(cx).await?;
        planned(cx, proposed).await
    }

    async fn run(self, cx: &mut Cx) -> Result<Written, Fault> {
        let proposed = self.proposed(cx).await?;
        written(cx, Self::META.name, proposed).await
    }
}
