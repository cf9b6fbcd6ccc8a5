//! The file of a connection, which the configuration reads.

use anyhow::{Result, bail};
use labkeeper_core::provision::Provisioned;
use labkeeper_core::pve::Address;
use labkeeper_proxmox::{Endpoint, Settings, Trust};
use toml::{Table, Value};

use crate::config::{Connection, Shell};
use crate::secret_files;

/// The node that was set up, then the others of its cluster, each with its own certificate. These are asked directly, at the port that
/// Proxmox always has; another one given for the first is a way through a gate to that node alone.
pub(super) fn endpoints(api: &Address, found: &Provisioned) -> Vec<Endpoint> {
    let first = Endpoint { address: api.clone(), trust: Trust::Pin(found.certificate) };
    let others = found.peers.iter().filter_map(|peer| {
        let address: Address = peer.address?.to_string().parse().ok()?;
        Some(Endpoint {
            address: address.with_port(Address::USUAL_PORT),
            trust: Trust::Pin(peer.certificate?),
        })
    });
    std::iter::once(first).chain(others).collect()
}

/// Writes the file, for its owner only, all of it or nothing. `shells` are the ways into its nodes, which have port, user and key in common.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(files: &Connection, settings: &Settings, shells: &[Shell]) -> Result<()> {
    files.prepare()?;
    let text = format!(
        "# Written by `labkeeper setup --name {0}`; run it again to change it, with --remove to take it away.\n{1}",
        settings.cluster,
        toml::to_string(&table(settings, shells)?)?
    );
    secret_files::write_private(&files.settings(), &text)
}

fn table(settings: &Settings, shells: &[Shell]) -> Result<Table> {
    let list = |texts: Vec<String>| Value::Array(texts.into_iter().map(Value::String).collect());
    let pins: Vec<String> = settings.endpoints.iter().map(pin).collect::<Result<_>>()?;
    let mut table = Table::new();
    let mut set = |key: &str, value: Value| drop(table.insert(key.into(), value));
    set(
        "url",
        list(settings.endpoints.iter().map(|endpoint| format!("https://{}", endpoint.address)).collect()),
    );
    set("fingerprint", list(pins));
    set("token_id", settings.token.to_string().into());
    set("token_secret", settings.secret.reveal().into());
    if let Some(tier) = settings.tier {
        set("tier", tier.as_str().into());
    }
    if settings.extras.backups {
        set("backups", true.into());
    }
    if let Some(first) = shells.first() {
        let of_each = |text: &dyn Fn(&Shell) -> String| list(shells.iter().map(text).collect());
        set("node", of_each(&|shell| shell.node.to_string()));
        set("ssh_host", of_each(&|shell| shell.host.clone()));
        set("ssh_host_key_fingerprint", of_each(&|shell| shell.host_key.openssh()));
        set("ssh_port", i64::from(first.port).into());
        set("ssh_user", first.user.clone().into());
        set("ssh_key_path", first.key.display().to_string().into());
    }
    Ok(table)
}

/// Setup knows every node by its certificate; whatever else would be written as another trust than was proved.
fn pin(endpoint: &Endpoint) -> Result<String> {
    match endpoint.trust {
        Trust::Pin(print) => Ok(print.to_string()),
        Trust::SystemRoots | Trust::Nothing => {
            bail!("no certificate is pinned for {}, so it is not stored", endpoint.address)
        }
    }
}

#[cfg(test)]
mod tests {
    use labkeeper_proxmox::Limits;

    use super::*;

    #[test]
    fn a_trust_that_was_not_proved_is_not_stored() {
        let directory = tempfile::tempdir().unwrap();
        let files = Connection::new(directory.path(), &"home".parse().unwrap());
        for trust in [Trust::SystemRoots, Trust::Nothing] {
            let settings = Settings {
                cluster: "home".parse().unwrap(),
                endpoints: vec![Endpoint { address: "pve1".parse().unwrap(), trust }],
                token: "labkeeper@pve!observe".parse().unwrap(),
                secret: "s".parse().unwrap(),
                tier: None,
                extras: Default::default(),
                limits: Limits::default(),
            };
            let refused = write(&files, &settings, &[]).unwrap_err().to_string();
            assert!(refused.contains("no certificate is pinned for pve1:8006"), "{refused}");
            assert!(!files.settings().exists());
        }
    }
}
