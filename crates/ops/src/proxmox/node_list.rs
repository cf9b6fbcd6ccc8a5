//! `node_list`: the nodes of every cluster and how busy they are.

use futures::future::join_all;
use labkeeper_core::fault::Fault;
use labkeeper_core::health::Unseen;
use labkeeper_core::pve::{ClusterName, NodeRow, calls};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clusters::Gap;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List the nodes of every connected Proxmox cluster and how busy they are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeList {
    /// Only those of this cluster.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// The nodes.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Nodes {
    /// In order of cluster and name.
    pub nodes: Vec<Node>,
    /// Clusters that could not be asked, so that their nodes are missing here.
    pub gaps: Vec<Gap>,
}

/// A node as a list shows it. What an offline one had is not known.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Cluster it belongs to.
    pub cluster: String,
    /// Name.
    pub node: String,
    /// `online`, `offline` or `unknown`.
    pub status: String,
    /// Share of its CPUs that is busy, 0 to 1.
    pub cpu: Option<f64>,
    /// CPUs, threads counted.
    pub cores: Option<f64>,
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Bytes of memory used.
    pub memory_used: Option<u64>,
    /// Bytes of its root file system.
    pub disk: Option<u64>,
    /// Bytes of its root file system used.
    pub disk_used: Option<u64>,
    /// Seconds since it started.
    pub uptime: Option<u64>,
}

impl Operation for NodeList {
    type Output = Nodes;
    const META: Meta = Meta::read("node_list", "List nodes", Toolset::Proxmox)
        .list("nodes")
        .open_world()
        .not_a_tool()
        .routes(&[Route::get("/api/proxmox/nodes")]);

    async fn run(self, cx: &mut Cx) -> Result<Nodes, Fault> {
        let clusters = cx.house().clusters().named(self.cluster.as_ref())?;
        let question = calls::cluster::nodes();
        let answers = join_all(clusters.iter().map(|cluster| cluster.call(&question))).await;
        let mut nodes = Nodes::default();
        for (cluster, answer) in clusters.iter().zip(answers) {
            let name = cluster.cluster();
            match answer {
                Ok(rows) => {
                    nodes.gaps.extend(Unseen::in_rows(&rows).map(|cut| Gap::of_unseen(name, cut)));
                    nodes.nodes.extend(rows.into_iter().map(|row| shown(name, row)));
                }
                Err(error) => nodes.gaps.push(Gap::of(name, &error)),
            }
        }
        nodes.nodes.sort_by(|a, b| (&a.cluster, &a.node).cmp(&(&b.cluster, &b.node)));
        Ok(nodes)
    }
}

fn shown(cluster: &ClusterName, row: NodeRow) -> Node {
    Node {
        cluster: cluster.to_string(),
        node: row.node.to_string(),
        status: row.status.unwrap_or_else(|| "unknown".into()),
        cpu: row.cpu,
        cores: row.maxcpu,
        memory: row.maxmem,
        memory_used: row.mem,
        disk: row.maxdisk,
        disk_used: row.disk,
        uptime: row.uptime,
    }
}
