//! How to log in to the nodes of a cluster, for what only a shell can do.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use labkeeper_core::pve::{Address, ClusterName, Fingerprint, NodeName};

use super::clusters::{parsed, parts};
use super::sources::Values;

/// A login with a key on one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shell {
    /// The cluster that it belongs to.
    pub(crate) cluster: ClusterName,
    /// The node's name there.
    pub(crate) node: NodeName,
    /// Name or address of the node.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    /// The private key.
    pub(crate) key: PathBuf,
    /// SHA-256 of the host key.
    pub(crate) host_key: Fingerprint,
}

/// The logins of every cluster that has some, those of the plain keys first.
///
/// # Errors
/// Names the value and what it wants, or what is missing beside it.
pub(super) fn shells(plain: &Values, sections: &BTreeMap<String, Values>) -> Result<Vec<Shell>> {
    let first = plain.get("proxmox.name").map_or("proxmox", |value| value.text.as_str());
    let all =
        std::iter::once((first, plain)).chain(sections.iter().map(|(name, values)| (name.as_str(), values)));
    let logins = all.map(|(name, values)| of_cluster(name, values)).collect::<Result<Vec<_>>>()?;
    Ok(logins.into_iter().flatten().collect())
}

/// None without a host to log in to.
fn of_cluster(cluster: &str, values: &Values) -> Result<Vec<Shell>> {
    let text = |key: &str| values.get(key).map(|value| value.text.as_str()).filter(|text| !text.is_empty());
    let list = |key: &str| values.get(key).map(parts).unwrap_or_default();
    let hosts = list("proxmox.ssh_host");
    let needed = |key: &'static str| {
        text(key)
            .ok_or_else(|| anyhow!("the Proxmox cluster {cluster} has a proxmox.ssh_host and lacks {key}"))
    };
    let one_each = |key: &'static str| {
        let given = list(key);
        if given.len() == hosts.len() {
            return Ok(given);
        }
        Err(anyhow!(
            "the Proxmox cluster {cluster} has {} of proxmox.ssh_host and {} of {key}: give one for each, in the same order",
            hosts.len(),
            given.len()
        ))
    };
    if hosts.is_empty() {
        return Ok(Vec::new());
    }
    let (nodes, prints) = (one_each("proxmox.node")?, one_each("proxmox.ssh_host_key_fingerprint")?);
    let each = hosts.iter().zip(nodes).zip(prints).map(|((host, node), print)| {
        // Read as an address: what begins with a dash would be an option of ssh.
        let host: Address = parsed("proxmox.ssh_host", values, host)?;
        Ok(Shell {
            cluster: cluster.parse().map_err(|error| anyhow!("proxmox.name: {error}"))?,
            node: parsed("proxmox.node", values, node)?,
            host: host.host().into(),
            port: parsed("proxmox.ssh_port", values, text("proxmox.ssh_port").unwrap_or("22"))?,
            user: text("proxmox.ssh_user").unwrap_or("root").into(),
            key: needed("proxmox.ssh_key_path")?.into(),
            host_key: parsed("proxmox.ssh_host_key_fingerprint", values, print)?,
        })
    });
    each.collect()
}
