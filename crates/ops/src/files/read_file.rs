//! `read_file`, `pct_read_file` and `qm_read_file`.

use labkeeper_core::fault::Fault;
use labkeeper_core::file::Encoding;
use labkeeper_core::pve::{ClusterName, GuestKind, NodeName, VmId};
use labkeeper_core::shell::FilePath;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::Deserialize;

use super::reading::{FileContent, Wanted, content};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::site::Site;

/// Read a file on a node; over 2 MiB in parts, with offset and maxBytes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ReadFile {
    /// The file, absolute.
    pub path: FilePath,
    /// How the content is to be written; `base64` for binary files.
    #[serde(default)]
    pub encoding: Encoding,
    /// The first byte; 0 when left out.
    #[serde(default)]
    pub offset: Option<u64>,
    /// At most so many bytes, up to 2 MiB.
    #[serde(default)]
    pub max_bytes: Option<u64>,
    /// Ignored: secrets are always kept from models.
    #[serde(default)]
    pub redact: Option<bool>,
    /// Which node; only where there are several.
    #[serde(default)]
    pub node: Option<NodeName>,
    /// In which cluster; only where several have a node of that name.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

impl Operation for ReadFile {
    type Output = FileContent;
    const META: Meta = Meta::read("read_file", "Read a file on a node", Toolset::Proxmox)
        .tier(Tier::Root)
        .open_world()
        .foreign()
        .routes(&[Route::get("/api/files/host")]);

    async fn run(self, cx: &mut Cx) -> Result<FileContent, Fault> {
        let site = Site::host(cx, self.node.as_ref(), self.cluster.as_ref())?;
        let Self { path, encoding, offset, max_bytes, .. } = self;
        content(cx, &site, Wanted { path, encoding, offset, max_bytes }).await
    }
}

/// Read a file in a running container; over 2 MiB in parts, with offset and maxBytes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PctReadFile {
    /// Which container.
    pub vmid: VmId,
    /// The file in the container, absolute.
    pub path: FilePath,
    /// How the content is to be written; `base64` for binary files.
    #[serde(default)]
    pub encoding: Encoding,
    /// The first byte; 0 when left out.
    #[serde(default)]
    pub offset: Option<u64>,
    /// At most so many bytes, up to 2 MiB.
    #[serde(default)]
    pub max_bytes: Option<u64>,
    /// Ignored: secrets are always kept from models.
    #[serde(default)]
    pub redact: Option<bool>,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

impl Operation for PctReadFile {
    type Output = FileContent;
    const META: Meta = Meta::read("pct_read_file", "Read a file in a container", Toolset::Proxmox)
        .tier(Tier::Companion)
        .open_world()
        .foreign()
        .routes(&[Route::get("/api/files/pct/{vmid}")]);

    async fn run(self, cx: &mut Cx) -> Result<FileContent, Fault> {
        let site = Site::guest(cx, GuestKind::Lxc, self.vmid, self.cluster.as_ref()).await?;
        let Self { path, encoding, offset, max_bytes, .. } = self;
        content(cx, &site, Wanted { path, encoding, offset, max_bytes }).await
    }
}

/// Read a file in a running virtual machine, through its guest agent; over 2 MiB in parts, with offset and maxBytes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct QmReadFile {
    /// Which virtual machine.
    pub vmid: VmId,
    /// The file in the machine, absolute.
    pub path: FilePath,
    /// How the content is to be written; `base64` for binary files.
    #[serde(default)]
    pub encoding: Encoding,
    /// The first byte; 0 when left out.
    #[serde(default)]
    pub offset: Option<u64>,
    /// At most so many bytes, up to 2 MiB.
    #[serde(default)]
    pub max_bytes: Option<u64>,
    /// Ignored: secrets are always kept from models.
    #[serde(default)]
    pub redact: Option<bool>,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

impl Operation for QmReadFile {
    type Output = FileContent;
    const META: Meta = Meta::read("qm_read_file", "Read a file in a virtual machine", Toolset::Proxmox)
        .tier(Tier::Companion)
        .open_world()
        .foreign()
        .routes(&[Route::get("/api/files/qm/{vmid}")]);

    async fn run(self, cx: &mut Cx) -> Result<FileContent, Fault> {
        let site = Site::guest(cx, GuestKind::Qemu, self.vmid, self.cluster.as_ref()).await?;
        let Self { path, encoding, offset, max_bytes, .. } = self;
        content(cx, &site, Wanted { path, encoding, offset, max_bytes }).await
    }
}
