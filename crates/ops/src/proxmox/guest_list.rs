//! `pct_list` and `qm_list`: the guests of every cluster, in the predecessor's terms.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::ItemId;
use labkeeper_core::pve::{ClusterName, GuestKind, GuestRow, VmId};
use labkeeper_core::reconcile::Key;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reconcile::SCHEME;
use crate::clusters::{Found, Gap};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List containers, with the node each is on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PctList {
    /// Only those of this cluster.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// List virtual machines, with the node each is on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QmList {
    /// Only those of this cluster.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// Guests of one kind.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Guests {
    /// In order of cluster and number. The token may not be allowed to see all there are.
    pub guests: Vec<Guest>,
    /// Clusters that could not be asked, so that their guests are missing here.
    pub gaps: Vec<Gap>,
}

/// A guest as a list shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Guest {
    /// Number.
    pub vmid: VmId,
    /// Name or host name.
    pub name: String,
    /// `running`, `stopped`, `paused`, or `unknown` when its node does not say.
    pub status: String,
    /// What holds it just now, such as `backup`; empty when nothing does.
    pub lock: String,
    /// Node it is on.
    pub node: String,
    /// Cluster it is in.
    pub cluster: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Whether it is a template.
    pub template: bool,
    /// Memory it may use, in MiB.
    #[serde(rename = "memMB")]
    pub memory: Option<u64>,
    /// Size of its first disk, in GiB.
    #[serde(rename = "bootDiskGB")]
    pub disk: Option<f64>,
    /// Seconds since it was started.
    pub uptime: Option<u64>,
    /// Whether its cluster is connected for operate or more, so that it can be started and stopped from here.
    pub operable: bool,
    /// Its item in the inventory, once a census noted it.
    pub item: Option<ItemId>,
    /// CPUs it has.
    pub cores: Option<f64>,
    /// Share of them that is busy, 0 to 1.
    pub cpu: Option<f64>,
    /// Memory used, in MiB.
    #[serde(rename = "memUsedMB")]
    pub memory_used: Option<u64>,
}

impl Operation for PctList {
    type Output = Guests;
    const META: Meta = Meta::read("pct_list", "List containers", Toolset::Proxmox)
        .open_world()
        .list("guests")
        .routes(&[Route::get("/api/proxmox/containers")]);

    async fn run(self, cx: &mut Cx) -> Result<Guests, Fault> {
        list(cx, GuestKind::Lxc, self.cluster.as_ref()).await
    }
}

impl Operation for QmList {
    type Output = Guests;
    const META: Meta = Meta::read("qm_list", "List virtual machines", Toolset::Proxmox)
        .open_world()
        .list("guests")
        .routes(&[Route::get("/api/proxmox/vms")]);

    async fn run(self, cx: &mut Cx) -> Result<Guests, Fault> {
        list(cx, GuestKind::Qemu, self.cluster.as_ref()).await
    }
}

async fn list(cx: &Cx, kind: GuestKind, cluster: Option<&ClusterName>) -> Result<Guests, Fault> {
    let seen = cx.house().clusters().guests(cluster).await?;
    let mut view = cx.read().await?;
    let mut guests = Vec::new();
    for found in seen.guests.into_iter().filter(|found| found.row.kind == kind) {
        let key = Key::guest(found.cluster.cluster(), found.row.vmid);
        let item = view.item_by_identity(SCHEME, key.as_str()).await?;
        guests.push(shown(found, item));
    }
    guests.sort_by(|a, b| (&a.cluster, a.vmid).cmp(&(&b.cluster, b.vmid)));
    Ok(Guests { guests, gaps: seen.gaps })
}

fn shown(found: Found, item: Option<ItemId>) -> Guest {
    let operable = found.is_connected_for(Tier::Operate);
    let cluster = found.cluster.cluster().to_string();
    let GuestRow {
        vmid,
        name,
        status,
        lock,
        node,
        tags,
        template,
        maxmem,
        maxdisk,
        uptime,
        maxcpu,
        cpu,
        mem,
        ..
    } = found.row;
    Guest {
        vmid,
        name: name.unwrap_or_default(),
        status: status.as_str().into(),
        lock: lock.unwrap_or_default(),
        node: node.to_string(),
        cluster,
        tags,
        template: template.unwrap_or(false),
        memory: maxmem.map(|bytes| bytes >> 20),
        disk: maxdisk.map(|bytes| bytes as f64 / f64::from(1 << 30)),
        uptime,
        operable,
        item,
        cores: maxcpu,
        cpu,
        memory_used: mem.map(|bytes| bytes >> 20),
    }
}
