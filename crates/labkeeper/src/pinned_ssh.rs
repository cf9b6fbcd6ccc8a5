//! The nodes that the settings name, over SSH, with the one key and the one host key of each: nothing of the owner's own settings for ssh
//! helps.

use anyhow::Result;
use labkeeper_core::ports::Shell as _;
use labkeeper_core::pve::Address;
use labkeeper_core::shell::ShellError;
use labkeeper_proxmox::{HostKey, PrivateKey, Ssh, SshLimits, SshNode, SshSettings};

use crate::config::Shell;

/// That node as the client knows it.
///
/// # Errors
/// When its host is none.
pub(crate) fn node(shell: &Shell, key: PrivateKey) -> Result<SshNode> {
    let address: Address = shell.host.parse()?;
    Ok(SshNode {
        node: shell.node.clone(),
        addresses: vec![address.with_port(shell.port)],
        user: shell.user.clone(),
        host_key: HostKey::Pin(shell.host_key),
        key,
    })
}

/// That node alone; nothing is connected yet.
///
/// # Errors
/// When its host is none.
pub(crate) fn alone(shell: &Shell, key: PrivateKey) -> Result<Ssh> {
    let nodes = vec![node(shell, key)?];
    Ok(Ssh::new(SshSettings { cluster: shell.cluster.clone(), nodes, limits: SshLimits::default() }))
}

/// Logs in there and runs nothing.
///
/// # Errors
/// When its host is none; inside, why nobody was let in.
pub(crate) async fn log_in(shell: &Shell, key: PrivateKey) -> Result<Result<(), ShellError>> {
    Ok(alone(shell, key)?.knock(&shell.node).await)
}
