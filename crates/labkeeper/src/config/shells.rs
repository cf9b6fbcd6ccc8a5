//! How to log in to the nodes of a cluster, for what only a shell can do.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use labkeeper_core::pve::{Address, ClusterName, Fingerprint};

use super::clusters::parsed;
use super::sources::Values;

/// A login with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shell {
    /// The cluster that it belongs to.
    pub(crate) cluster: ClusterName,
    /// Name or address of the node.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    /// The private key.
    pub(crate) key: PathBuf,
    /// SHA-256 of the host key.
    pub(crate) host_key: Fingerprint,
}

/// The login of every cluster that has one, that of the plain keys first.
///
/// # Errors
/// Names the value and what it wants, or what is missing beside it.
pub(super) fn shells(plain: &Values, sections: &BTreeMap<String, Values>) -> Result<Vec<Shell>> {
    let first = plain.get("proxmox.name").map_or("proxmox", |value| value.text.as_str());
    let all =
        std::iter::once((first, plain)).chain(sections.iter().map(|(name, values)| (name.as_str(), values)));
    all.filter_map(|(name, values)| shell(name, values).transpose()).collect()
}

/// `None` without a host to log in to.
fn shell(cluster: &str, values: &Values) -> Result<Option<Shell>> {
    let text = |key: &str| values.get(key).map(|value| value.text.as_str()).filter(|text| !text.is_empty());
    let Some(host) = text("proxmox.ssh_host") else { return Ok(None) };
    let needed = |key: &'static str| {
        text(key)
            .ok_or_else(|| anyhow!("the Proxmox cluster {cluster} has a proxmox.ssh_host and lacks {key}"))
    };
    // Read as an address: what begins with a dash would be an option of ssh.
    let host: Address = parsed("proxmox.ssh_host", values, host)?;
    Ok(Some(Shell {
        cluster: cluster.parse().map_err(|error| anyhow!("proxmox.name: {error}"))?,
        host: host.host().into(),
        port: parsed("proxmox.ssh_port", values, text("proxmox.ssh_port").unwrap_or("22"))?,
        user: text("proxmox.ssh_user").unwrap_or("root").into(),
        key: needed("proxmox.ssh_key_path")?.into(),
        host_key: parsed(
            "proxmox.ssh_host_key_fingerprint",
            values,
            needed("proxmox.ssh_host_key_fingerprint")?,
        )?,
    }))
}
