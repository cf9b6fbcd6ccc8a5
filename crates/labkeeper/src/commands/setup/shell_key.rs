//! The key that labkeeper logs in with at companion.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Output;

use anyhow::{Context as _, Result, bail};
use labkeeper_core::provision::SshPublicKey;
use labkeeper_core::pve::ClusterName;
use tokio::process::Command;

use crate::config::Connection;
use crate::secret_files;

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

/// Removes the private key.
///
/// # Errors
/// When it is there and stays.
pub(super) fn forget(files: &Connection) -> Result<()> {
    secret_files::remove(&files.key())
}
