//! The file of a connection, which the configuration reads.

use anyhow::Result;
use labkeeper_core::provision::{Provisioned, SshPublicKey};
use labkeeper_proxmox::{Endpoint, Settings, Trust};
use toml::{Table, Value};

use super::answers::Login;
use super::shell_key::ROOT;
use crate::config::Connection;
use crate::secret_files;

/// The node that was set up, then the others of its cluster, each with its own certificate.
pub(super) fn endpoints(api: &labkeeper_core::pve::Address, found: &Provisioned) -> Vec<Endpoint> {
    let first = Endpoint { address: api.clone(), trust: Trust::Pin(found.certificate) };
    let others = found.peers.iter().filter_map(|peer| {
        let address: labkeeper_core::pve::Address = peer.address.to_string().parse().ok()?;
        Some(Endpoint { address: address.with_port(api.port()), trust: Trust::Pin(peer.certificate) })
    });
    std::iter::once(first).chain(others).collect()
}

/// Writes the file, for its owner only, all of it or nothing.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(
    files: &Connection,
    settings: &Settings,
    shell: Option<(&Login, &SshPublicKey)>,
) -> Result<()> {
    files.prepare()?;
    let text = format!(
        "# Written by `labkeeper setup --name {0}`; run it again to change it, with --remove to take it away.\n{1}",
        settings.cluster,
        toml::to_string(&table(files, settings, shell)?)?
    );
    secret_files::write_private(&files.settings(), &text)
}

fn table(files: &Connection, settings: &Settings, shell: Option<(&Login, &SshPublicKey)>) -> Result<Table> {
    let list = |texts: Vec<String>| Value::Array(texts.into_iter().map(Value::String).collect());
    let trust = |endpoint: &Endpoint| match endpoint.trust {
        Trust::Pin(print) => print.to_string(),
        Trust::SystemRoots | Trust::Nothing => "system".into(),
    };
    let mut table = Table::new();
    let mut set = |key: &str, value: Value| drop(table.insert(key.into(), value));
    set(
        "url",
        list(settings.endpoints.iter().map(|endpoint| format!("https://{}", endpoint.address)).collect()),
    );
    set("fingerprint", list(settings.endpoints.iter().map(trust).collect()));
    set("token_id", settings.token.to_string().into());
    set("token_secret", settings.secret.reveal().into());
    if let Some(tier) = settings.tier {
        set("tier", tier.as_str().into());
    }
    if let Some((login, host_key)) = shell {
        set("ssh_host", login.host.clone().into());
        set("ssh_port", i64::from(login.port).into());
        set("ssh_user", ROOT.into());
        set("ssh_key_path", std::path::absolute(files.key())?.display().to_string().into());
        set("ssh_host_key_fingerprint", host_key.fingerprint().into());
    }
    Ok(table)
}
