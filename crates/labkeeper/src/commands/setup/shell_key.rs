//! The key that labkeeper logs in with at companion, and the host key that it takes for it.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use labkeeper_core::provision::SshPublicKey;
use labkeeper_core::pve::ClusterName;
use tokio::process::Command;

use super::answers::Login;
use crate::config::Connection;
use crate::{pinned_ssh, secret_files};

/// The public half of the key, which is made when it is not there.
///
/// # Errors
/// When there is no ssh-keygen, or the file that is there is no key of ours.
pub(super) async fn make(files: &Connection, name: &ClusterName) -> Result<SshPublicKey> {
    let path = files.key();
    if !path.exists() {
        files.prepare()?;
        let comment = format!("labkeeper:{name}");
        let mut keygen = Command::new("ssh-keygen");
        keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", &comment, "-f"]).arg(&path);
        finished(&mut keygen).await?;
        // The other half can be had from this one at any time.
        let _ = std::fs::remove_file(path.with_extension("key.pub"));
    }
    public_half(&path).await
}

/// The public half of a key that is there; `None` when none is.
///
/// # Errors
/// When it cannot be read.
pub(super) async fn present(files: &Connection) -> Result<Option<SshPublicKey>> {
    let path = files.key();
    if path.exists() { public_half(&path).await.map(Some) } else { Ok(None) }
}

async fn public_half(path: &Path) -> Result<SshPublicKey> {
    secret_files::refuse_wide_permissions(path)?;
    let output = finished(Command::new("ssh-keygen").args(["-y", "-P", "", "-f"]).arg(path)).await?;
    String::from_utf8_lossy(&output.stdout).parse().with_context(|| {
        format!("{} is not the key that setup made: remove it and run setup again", path.display())
    })
}

async fn finished(keygen: &mut Command) -> Result<Output> {
    let output = match keygen.output().await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("there is no ssh-keygen on this machine: companion needs it, install OpenSSH's client")
        }
        output => output.context("cannot start ssh-keygen")?,
    };
    if !output.status.success() {
        bail!("ssh-keygen failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output)
}

/// Logs in with the key and the host key, with these two and nothing else: nothing of the owner's helps. Only what worked is written down.
///
/// # Errors
/// When the host shows another key, or does not take ours.
pub(super) async fn prove(files: &Connection, login: &Login, host_key: &SshPublicKey) -> Result<()> {
    let place =
        if login.port == 22 { login.host.clone() } else { format!("[{}]:{}", login.host, login.port) };
    let on_trial = secret_files::beside(&files.known_hosts(), &format!("{place} {host_key}\n"))?;
    let attempt = pinned_ssh::Login {
        host: &login.host,
        port: login.port,
        user: ROOT,
        key: &files.key(),
        known_hosts: on_trial.path(),
    };
    let output =
        attempt.attempt(CONNECT).output().await.context("cannot start ssh: install OpenSSH's client")?;
    if !output.status.success() {
        bail!(
            "cannot log in on {place} with the key that was just put there: {}\n  check that its SSH server lets root in with a key \
             (PermitRootLogin) and that --ssh-port is right",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    secret_files::put(on_trial, &files.known_hosts())
}

/// How long the node may take to answer at all.
const CONNECT: Duration = Duration::from_secs(10);

/// Whose authorized_keys the script writes to.
pub(super) const ROOT: &str = "root";

/// Removes the private key, so that another one is made.
///
/// # Errors
/// When it is there and stays.
pub(super) fn forget_key(files: &Connection) -> Result<()> {
    secret_files::remove(&files.key())
}

/// Removes both files.
///
/// # Errors
/// When one is there and stays.
pub(super) fn forget(files: &Connection) -> Result<()> {
    [files.key(), files.known_hosts()].iter().try_for_each(|path| secret_files::remove(path))
}
